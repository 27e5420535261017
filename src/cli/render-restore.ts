/** Kept dumps as a table, and what came of drills and restores as lines. Pure. */
import type { Dump, Restored } from '../engine/restore.ts'
import { formatDuration } from './duration.ts'
import type { Paint } from './paint.ts'
import { printableLine } from './printable.ts'
import { renderTable } from './table.ts'

/** A dump, and what it is of. */
export interface KeptDump extends Dump {
  readonly host: string
  readonly name: string
}

const hour = 3600 * 1000

/** A row per dump. */
export function renderDumps(dumps: readonly KeptDump[], now: Date): string {
  if (dumps.length === 0) return 'No dumps are kept yet.\n'
  const rows = dumps.map(({ host, name, dump, made, bytes }) => [
    host,
    name,
    printableLine(dump),
    `${Math.max(0, Math.floor((now.getTime() - made.getTime()) / hour))} h`,
    `${(bytes / 1024 ** 2).toFixed(1)} MiB`,
  ])
  return renderTable([['HOST', 'DATA', 'DUMP', 'AGE', 'SIZE'], ...rows])
}

/** A line that says what was done or what was wrong. */
export function renderRestored({ host, name, ok, detail, ms }: Restored, paint: Paint): string {
  const sign = ok ? paint('good', '✓') : paint('bad', '✗')
  return `${sign} ${host} ${name}  ${printableLine(detail)}  ${formatDuration(ms)}\n`
}
