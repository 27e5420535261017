/** Shows how a deploy or a rollback ended. */
import type { DeployReport } from '../engine/apps/deploy.ts'
import { troubleOf } from '../engine/report.ts'
import { exitCodes } from '../lib/errors.ts'
import type { Environment } from '../model/environment.ts'
import type { WantedRelease } from '../resources/release.ts'
import type { Invocation } from './command.ts'
import { outcomeEntries, verdictEntries } from './documents.ts'
import { renderDeploy } from './render-deploy.ts'
import { printDocument } from './schemas.ts'

/** Returns the exit code: a release that took over on some hosts only did not take over. */
export function showDeploy(
  { command, flags, screen }: Invocation,
  environment: Environment,
  report: DeployReport,
): number {
  const ms = performance.now()
  const trouble = troubleOf(report)
  const isQuiet = report.outcomes.every(({ result }) => result === 'unchanged')
  if (flags.json)
    printDocument(screen, command === 'rollback' ? 'rollback' : 'deploy', {
      environment: environment.name,
      app: report.app,
      ms: Math.round(ms),
      result: trouble ? 'failed' : isQuiet ? 'unchanged' : 'deployed',
      release: releaseEntry(report.release),
      ...(report.before && { before: releaseEntry(report.before) }),
      outcomes: outcomeEntries(report.outcomes),
      verdicts: verdictEntries(report.verdicts),
    })
  else screen.print(renderDeploy(report, { environment, ms, paint: screen.paint }))
  if (!trouble) return 0
  return exitCodes[trouble === 'partial' ? 'failed' : trouble]
}

function releaseEntry({ number, commit, artifact, config }: WantedRelease) {
  return { release: number, commit, artifact, config }
}
