/** Runs as a table. Pure. */
import type { JournalEntry } from '../engine/journal.ts'
import { formatDuration } from './duration.ts'
import type { Paint } from './paint.ts'
import { printableLine } from './printable.ts'
import { renderOutcomes } from './render-report.ts'
import { renderTable } from './table.ts'

/** A row per run; `isVerbose` adds a line for each host below. */
export function renderHistory(
  runs: readonly JournalEntry[],
  { paint, isVerbose }: { readonly paint: Paint; readonly isVerbose: boolean },
): string {
  if (runs.length === 0) return 'No run yet from this machine.\n'
  const [head = '', ...rows] = renderTable([
    ['RUN', 'STARTED', 'TOOK', 'BY', 'RESULT', 'COMMAND'],
    ...runs.map((run) => cells(run, paint)),
  ]).split(/(?<=\n)/)
  const detail = runs.map(({ outcomes }) => (isVerbose ? renderOutcomes(outcomes, paint) : ''))
  return head + rows.map((row, at) => row + (detail[at] ?? '')).join('')
}

function cells(
  { run, started, ended, user, result, command }: JournalEntry,
  paint: Paint,
): readonly string[] {
  const took = formatDuration(Date.parse(ended) - Date.parse(started))
  const end = paint(result === 'done' ? 'good' : 'bad', result)
  const at = started.replace('T', ' ').replace(/\.\d+Z$/, 'Z')
  return [String(run), at, took, user, end, printableLine(command)]
}
