/** `copse ci run`: the job of the CI host on a machine of the box, and on request what may follow when it is green. */
import { deploy, onlyReleaseOf } from '../engine/apps/deploy.ts'
import { machinesOfApps } from '../engine/ci/machines.ts'
import { type RunHere, runHere } from '../engine/ci/run-here.ts'
import { rebuild } from '../engine/destroy.ts'
import { troubleOf, type UpReport } from '../engine/report.ts'
import { verify } from '../engine/verify.ts'
import { CopseError, exitCodes } from '../lib/errors.ts'
import type { App } from '../model/app.ts'
import type { Environment } from '../model/environment.ts'
import { changeOptions, consentTo } from './change-options.ts'
import type { Invocation } from './command.ts'
import { buildEntries, outcomeEntries, verdictEntries } from './documents.ts'
import { type Opened, withEnvironment } from './environment.ts'
import type { ChangeFlags, Flag, SessionFlags } from './flags.ts'
import { printable } from './printable.ts'
import { meaningOf, renderBuilds } from './render-builds.ts'
import { renderDeploy } from './render-deploy.ts'
import { renderDoomed } from './render-destroy.ts'
import { renderReport } from './render-report.ts'
import { printDocument } from './schemas.ts'
import { renewKnownHosts } from './ssh-links.ts'

/** What only `ci run` takes. */
export interface CiRunFlags extends SessionFlags, ChangeFlags {
  readonly ref?: string
  readonly deploy: boolean
  readonly machines: boolean
}

export const ciRunFlags: readonly Flag[] = [
  { flags: '--ref <REF>', description: 'run: this branch, tag or commit; default: the folders as they are' },
  { flags: '--deploy', description: 'run: where all is green, deploy what was tested', initial: false },
  {
    flags: '--machines',
    description: 'run: where all is green, make the machines of apps anew, one by one behind their balancer',
    initial: false,
  },
]

type Asked = Invocation<CiRunFlags>

/** The reports of what followed a green build. */
type Report = Pick<UpReport, 'outcomes' | 'verdicts'>

/** Each part opens the environment for itself, as the command for it alone would. */
export async function runJob(asked: Asked): Promise<number> {
  const { flags, screen } = asked
  const { build, artifacts, environment } = await withEnvironment(asked, (opened) => runFirst(asked, opened))
  if (!flags.json) screen.print(`\n${renderBuilds([build], screen.paint)}`)
  const reports: Report[] = []
  const isWell = () => meaningOf(build.result) === 'good' && reports.every((one) => !troubleOf(one))
  const later = { ...asked, thread: undefined }
  const apps = flags.deploy ? environment.apps.filter(({ hosts }) => hosts.length > 0) : []
  for (const app of apps)
    if (isWell()) reports.push(await deployTested(later, { app, artifact: artifacts.get(app.name) }))
  if (flags.machines && isWell()) reports.push(await makeMachinesAnew(later))
  if (flags.json)
    printDocument(screen, 'ci run', {
      ...{ environment: environment.name, builds: buildEntries([build]) },
      outcomes: reports.flatMap(({ outcomes }) => outcomeEntries(outcomes)),
      verdicts: reports.flatMap(({ verdicts }) => verdictEntries(verdicts)),
    })
  return isWell() ? 0 : exitCodes[reports.map(troubleOf).find((one) => one !== undefined) ?? 'failed']
}

interface First extends RunHere {
  readonly environment: Environment
}

/** The job itself. Consents come before it: nobody waits for a build to be asked then. */
async function runFirst(asked: Asked, { session }: Opened): Promise<First> {
  const { flags, screen, words, typed: command } = asked
  const { environment } = session.desired
  const [, job] = words
  if (job === undefined)
    throw new CopseError('usage', 'copse ci run needs the name of a job', {
      hint: `copse ci run ${environment.name} rebuild`,
    })
  const machines = flags.machines ? machinesOfApps(session.desired) : []
  if (machines.length > 0 && !flags.json)
    screen.print(renderDoomed(environment, { machines, volumes: [] }, screen.paint))
  if (flags.deploy || flags.machines) await consentTo(asked, environment)
  const { ref, lockTimeout: lockTimeoutMs } = flags
  const hear = (line: string) => {
    if (!flags.json) screen.print(`${printable(line)}\n`)
  }
  return { ...(await runHere(session, { job, ref, lockTimeoutMs, command, hear })), environment }
}

interface Tested {
  readonly app: App
  readonly artifact: string | undefined
}

/** The CI host makes it once more of the same source, which must come to the same artifact. */
function deployTested(asked: Asked, { app, artifact }: Tested): Promise<Report> {
  const { flags, screen } = asked
  const source = { ...app.source, ref: flags.ref ?? app.source.ref }
  const work = async (opened: Opened) => {
    const options = { ...changeOptions(asked, opened), consent: async () => true }
    const report = await deploy(opened.session, { ...options, app: { ...app, source }, tested: artifact })
    const view = { environment: opened.session.desired.environment, ms: report.ms, paint: screen.paint }
    if (!flags.json) screen.print(renderDeploy(report, view))
    return report
  }
  return withEnvironment(asked, work, { only: onlyReleaseOf(app.name) })
}

/** Then every probe of the environment is asked: what the machines serve is proven through others too. */
function makeMachinesAnew(asked: Asked): Promise<Report> {
  const { flags, screen } = asked
  return withEnvironment(asked, async (opened) => {
    const { session, hosts: all } = opened
    const { environment } = session.desired
    const hosts = machinesOfApps(session.desired)
    const isGiven = async () => true
    const options = { ...changeOptions(asked, opened), hosts, consent: isGiven, consentDestroy: isGiven }
    const rebuilt = await rebuild(session, options)
    await renewKnownHosts(session)
    const verdicts = troubleOf(rebuilt)
      ? rebuilt.verdicts
      : await verify(session, { hosts: all, fastOnly: false })
    const report = { ...rebuilt, verdicts }
    const { ms } = report
    if (!flags.json) screen.print(renderReport(report, { environment, hosts, ms, paint: screen.paint }))
    return report
  })
}
