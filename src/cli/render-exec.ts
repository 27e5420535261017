/** What a command printed on hosts, and the table of its codes. Pure. */
import type { ExecResult } from './exec.ts'
import type { Paint } from './paint.ts'
import { printableLine } from './printable.ts'
import { renderTable } from './table.ts'

/** Each line with its host in front. */
export function prefixed(host: string, text: string, paint: Paint): string {
  if (text === '') return ''
  return `${text.replace(/\n$/, '').replaceAll(/^/gm, `${paint('strong', host)}  `)}\n`
}

/** A row per host. */
export function renderCodes(results: readonly ExecResult[], paint: Paint): string {
  const rows = results.map(({ host, code, detail = '' }) => [
    host,
    paint(code === 0 ? 'good' : 'bad', code === null ? 'unreachable' : String(code)),
    printableLine(detail),
  ])
  return renderTable([['HOST', 'CODE', ''], ...rows])
}
