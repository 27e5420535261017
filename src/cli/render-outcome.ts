/** How a host's part of a run ended, in a few words. Pure. */
import type { Outcome } from '../engine/events.ts'
import { formatDuration } from './duration.ts'
import type { Paint } from './paint.ts'
import { printableLine } from './printable.ts'
import { count } from './table.ts'

/** `✓ 2 changes   1.9 s`, or `✗ failed: what and at which step   3.0 s`. */
export function outcomeText(outcome: Outcome, paint: Paint): string {
  const { result, changes, ms, detail } = outcome
  const took = ms === 0 ? '' : `   ${formatDuration(ms)}`
  if (result === 'unchanged') return `${paint('good', '✓')} unchanged${took}`
  if (result === 'changed') return `${paint('good', '✓')} ${count(changes, 'change')}${took}`
  const mark = result === 'skipped' ? paint('change', '–') : paint('bad', '✗')
  const done = changes > 0 ? ` after ${count(changes, 'change')}` : ''
  return `${mark} ${result}${done}${detail === undefined ? '' : `: ${printableLine(detail)}`}${took}`
}
