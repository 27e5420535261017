/** What changes in a text, as unified hunks. Pure. */
import { structuredPatch } from 'diff'
import type { Paint } from './paint.ts'
import { printable } from './printable.ts'

/** Lines shown of one diff where not everything was asked for. */
const mostLines = 40

/** The changed lines with two of context; hunk headers only where there are several hunks. */
export function renderDiff(
  change: { readonly before: string; readonly after: string },
  view: { readonly paint: Paint; readonly isFull: boolean },
): readonly string[] {
  const { hunks } = structuredPatch('', '', printable(change.before), printable(change.after), '', '', {
    context: 2,
  })
  const all = hunks.flatMap((hunk) => [
    ...(hunks.length > 1
      ? [`@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`]
      : []),
    ...hunk.lines,
  ])
  const shown = view.isFull || all.length <= mostLines + 5 ? all : all.slice(0, mostLines)
  const painted = shown.map((line) => paintLine(line, view.paint))
  return shown.length === all.length
    ? painted
    : [...painted, view.paint('faint', `… ${all.length - shown.length} more lines: -v shows them`)]
}

function paintLine(line: string, paint: Paint): string {
  if (line.startsWith('+')) return paint('good', line)
  if (line.startsWith('-')) return paint('bad', line)
  return paint('faint', line)
}
