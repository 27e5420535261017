/** Names and answers as a table. Pure. */
import type { Host } from '../model/environment.ts'
import type { AskedName } from './dns-names.ts'
import type { Paint } from './paint.ts'
import { printableLine } from './printable.ts'
import { renderTable } from './table.ts'

/** A row per name, then how many were right and who was asked. */
export function renderNames(names: readonly AskedName[], servers: readonly Host[], paint: Paint): string {
  const rows = names.map(({ name, type, want, got, ok }) => [
    `${paint(ok ? 'good' : 'bad', ok ? '✓' : '✗')} ${name}`,
    type,
    want,
    ok ? '' : `answered: ${printableLine(got) || 'nothing'}`,
  ])
  const right = names.filter(({ ok }) => ok).length
  const asked = servers.map(({ machine, address }) => `${machine} (${address})`).join(', ')
  return `${renderTable(rows)}${right} of ${names.length} as wanted, by ${asked}.\n`
}
