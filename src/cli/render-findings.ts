/** What `doctor` found, as text. Pure. */
import type { Finding } from '../machines/provider.ts'
import type { Paint } from './paint.ts'
import { printableLine } from './printable.ts'
import { count, pad } from './table.ts'

/** A line per check, with the fix below those that failed. */
export function renderFindings(findings: readonly Finding[], paint: Paint): string {
  const widest = Math.max(0, ...findings.map(({ check }) => check.length))
  const lines = findings.flatMap(({ check, ok, detail, fix }) => [
    `${ok ? paint('good', '✓') : paint('bad', '✗')} ${pad(check, widest)}  ${printableLine(detail)}`,
    ...(fix === undefined ? [] : [`    → ${printableLine(fix)}`]),
  ])
  const wrong = findings.filter(({ ok }) => !ok).length
  const end = wrong === 0 ? 'All is well.' : `${count(wrong, 'thing')} to mend.`
  return [...lines, end].map((line) => `${line}\n`).join('')
}
