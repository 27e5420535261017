/** How a run ended: a line per host, what failed and why, the probes, and where to look. Pure. */
import type { Outcome } from '../engine/events.ts'
import { isEmpty } from '../engine/plan-types.ts'
import { troubleOf, type UpReport } from '../engine/report.ts'
import type { ErrorCode } from '../lib/errors.ts'
import type { Environment } from '../model/environment.ts'
import { formatDuration } from './duration.ts'
import { noChangesText } from './no-changes.ts'
import type { Paint } from './paint.ts'
import { printable } from './printable.ts'
import { outcomeText } from './render-outcome.ts'
import { renderVerdicts, verdictCount } from './render-verdict.ts'
import { pad } from './table.ts'
import { renderPages } from './where-to-look.ts'

/** A run's report; `hosts` are those that it worked on. */
export interface ReportView {
  readonly environment: Environment
  readonly hosts: readonly string[]
  readonly ms: number
  readonly paint: Paint
}

/** The whole end of `up`, `apply` and `rebuild`. */
export function renderReport(report: UpReport, view: ReportView): string {
  const { paint, environment } = view
  const trouble = troubleOf(report)
  const isQuiet = report.outcomes.every(({ result }) => result === 'unchanged')
  const body =
    isEmpty(report.plan) && isQuiet
      ? noChangesText(environment, view.hosts)
      : renderOutcomes(report.outcomes, paint)
  const took = formatDuration(view.ms)
  const end = trouble
    ? `${paint('bad', 'Not done')} after ${took}: ${endings[trouble] ?? trouble}.   next: copse plan ${environment.name}\n`
    : `Done in ${took}.\n${renderPages(environment)}`
  return body + renderProbes(report, paint) + end
}

/** A line per host, with the hint and the last output of what failed. */
export function renderOutcomes(outcomes: readonly Outcome[], paint: Paint): string {
  const widest = Math.max(0, ...outcomes.map(({ host }) => host.length))
  return outcomes
    .map((outcome) => {
      const { host, hint, log } = outcome
      const more = [...(log ?? '').trimEnd().split('\n'), ...(hint === undefined ? [] : [`→ ${hint}`])]
      const shown = more.filter((line) => line !== '').map((line) => `      ${printable(line)}\n`)
      return `  ${pad(host, widest)}   ${outcomeText(outcome, paint)}\n${shown.join('')}`
    })
    .join('')
}

const endings: Partial<Record<ErrorCode, string>> = {
  failed: 'it failed',
  partial: 'some hosts failed, the others finished',
  refused: 'refused for safety',
  locked: 'another run holds the lock',
  interrupted: 'interrupted',
}

/** How many are green, and each that is not. */
export function renderProbes({ verdicts }: Pick<UpReport, 'verdicts'>, paint: Paint): string {
  if (verdicts.length === 0) return ''
  const red = verdicts.filter(({ ok }) => !ok)
  const mark = red.length === 0 ? paint('good', '✓') : paint('bad', '✗')
  return `  verify ${mark} ${verdictCount(verdicts)}\n${renderVerdicts(red, paint)}`
}
