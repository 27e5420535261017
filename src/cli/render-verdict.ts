/** What probes found, as text. Pure. */
import type { Verdict } from '../model/probe.ts'
import { formatDuration } from './duration.ts'
import type { Paint } from './paint.ts'
import { printableLine } from './printable.ts'
import { renderTable } from './table.ts'

/** `✓ http www.office.internal from web1   200 OK   12 ms` */
export function verdictText(verdict: Verdict, paint: Paint): string {
  return cells(verdict, paint).join('   ')
}

/** A line per probe, grouped by the host that they ask about. */
export function renderVerdicts(verdicts: readonly Verdict[], paint: Paint): string {
  return [...Map.groupBy(verdicts, ({ probe }) => probe.to)]
    .map(([host, group]) => {
      const rows = renderTable(group.map((verdict) => cells(verdict, paint)))
      return `${paint('strong', `  ${host}`)}\n${rows.replaceAll(/^(?=.)/gm, '    ')}`
    })
    .join('')
}

function cells({ probe, ok, ms, detail }: Verdict, paint: Paint): readonly string[] {
  const mark = ok ? paint('good', '✓') : paint('bad', '✗')
  const from = probe.from === 'operator' ? '' : ` from ${probe.from.host}`
  const expect = probe.expect === 'closed' ? ', must be closed' : ''
  return [`${mark} ${probe.name}${from}${expect}`, printableLine(detail), formatDuration(ms)]
}

/** `9 of 9 green`, or `8 of 9 green, 1 red`. */
export function verdictCount(verdicts: readonly Verdict[]): string {
  const red = verdicts.filter(({ ok }) => !ok).length
  return `${verdicts.length - red} of ${verdicts.length} green${red > 0 ? `, ${red} red` : ''}`
}
