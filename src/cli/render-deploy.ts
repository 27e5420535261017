/** How a deploy or a rollback ended: a line per host, what failed and why, and which release runs. Pure. */
import type { DeployReport } from '../engine/apps/deploy.ts'
import { troubleOf } from '../engine/report.ts'
import type { Environment } from '../model/environment.ts'
import { formatDuration } from './duration.ts'
import type { Paint } from './paint.ts'
import { renderOutcomes, renderProbes } from './render-report.ts'

interface DeployView {
  readonly environment: Environment
  readonly ms: number
  readonly paint: Paint
}

export function renderDeploy(report: DeployReport, { environment, ms, paint }: DeployView): string {
  const { app, release, before, outcomes } = report
  const took = formatDuration(ms)
  const what = `release ${release.number} of ${app}`
  if (outcomes.every(({ result }) => result === 'unchanged'))
    return `No changes. ${environment.name} runs ${what}, which is what ${app} is now. ${took}\n`
  const body = renderOutcomes(outcomes, paint) + renderProbes(report, paint)
  if (troubleOf(report)) {
    const runs = before ? `release ${before.number} goes on` : 'it has no release before'
    return `${body}${paint('bad', 'Not done')} after ${took}: ${what} did not take over; ${runs}.   next: copse releases ${environment.name} ${app}\n`
  }
  const from = before ? `, before it ${before.number}` : ''
  return `${body}Done in ${took}: ${what} (${release.commit}) runs${from}.\n`
}
