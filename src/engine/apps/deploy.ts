/** A new release of one app: built once, fetched by all its hosts, started on one after another, and taken back where it is red. */
import { CopseError } from '../../lib/errors.ts'
import type { App } from '../../model/app.ts'
import { releaseIn, releaseKind, takeRelease, type WantedRelease } from '../../resources/release.ts'
import { convergeHosts } from '../converge.ts'
import type { Outcome } from '../events.ts'
import type { ChangeOptions } from '../options.ts'
import { bindAll } from '../plan-host.ts'
import { isEmpty, type Plan } from '../plan-types.ts'
import { look } from '../planning.ts'
import { troubleOf, type UpReport } from '../report.ts'
import { asRun, type Run } from '../run.ts'
import { desiredHost, type Session } from '../session.ts'
import { sendables } from '../session-archive.ts'
import { verify } from '../verify.ts'
import { buildApp } from './build.ts'
import { noMachines } from './first.ts'
import { isProven, proveReleases, wantedNow } from './prove.ts'
import { releaseId } from './recover.ts'
import { asWanted, presentOf, type Sighting } from './sightings.ts'

/** What a deploy or a rollback came to. */
export interface DeployReport extends UpReport {
  readonly app: string
  /** The release that now runs where all went well. */
  readonly release: WantedRelease
  /** The one that ran before. */
  readonly before: WantedRelease | undefined
}

export interface DeployOptions extends Omit<ChangeOptions, 'hosts'> {
  readonly app: App
  /** The artifact that was tested elsewhere: no other one is rolled out. Default: whatever is built. */
  readonly tested?: string | undefined
}

/** What resources a deploy changes. */
export function onlyReleaseOf(app: string): (id: string) => boolean {
  return (id) => id === releaseId(app)
}

/** Builds what the app's source is now, unless that was built before, and rolls it out. */
export async function deploy(session: Session, options: DeployOptions): Promise<DeployReport> {
  const { app, tested } = options
  return asRun(session, options, async (run) => {
    const { artifact, commit } = await buildApp(session, app)
    if (tested !== undefined && artifact !== tested)
      throw new CopseError(
        'failed',
        `${app.name} was not touched: the CI host made artifact ${artifact.slice(0, 12)} of it, and ${tested.slice(0, 12)} was tested`,
        { hint: 'its source was changed meanwhile, or its build makes something else each time' },
      )
    await lookAround(session)
    session.releases.choose(app.name, { artifact, commit })
    return rollOut(session, options, run)
  })
}

export interface RollbackOptions extends DeployOptions {
  /** The number of a former release; undefined: the last good one before the present. */
  readonly to: number | undefined
}

/** Starts a former release again, which the app's hosts still have; nothing else is needed for it. */
export async function rollback(session: Session, options: RollbackOptions): Promise<DeployReport> {
  const { app, to } = options
  return asRun(session, options, async (run) => {
    await lookAround(session)
    const own = session.releases.sightings.filter((one) => one.app === app.name)
    const target = to === undefined ? formerOf(own, app) : own.find(({ number }) => number === to)
    if (!target) {
      const numbers = [
        ...new Set(own.flatMap((one) => (one.host !== undefined && one.good > 0 ? [one.number] : []))),
      ]
      throw new CopseError(
        'usage',
        to === undefined
          ? `${app.name} has no good release before the present one`
          : `${app.name} has no release ${to}`,
        {
          hint:
            numbers.length > 0 ? `good ones on its hosts: ${numbers.join(', ')}` : 'deploy one: copse deploy',
        },
      )
    }
    session.releases.goBack(asWanted(target), app.name)
    return rollOut(session, options, run)
  })
}

/**
 * Where a deploy was cut off, the release that was good before it; else the good one before that, but for those that are the
 * same as the present one. Pure.
 */
export function formerOf(own: readonly Sighting[], app: Pick<App, 'name'>): Sighting | undefined {
  const present = presentOf(own, app.name)
  const runs = own.filter((one) => one.host !== undefined && one.present > 0)
  if (present && runs.some(({ number }) => number !== present.number)) return present
  const limit = present?.number ?? Number.POSITIVE_INFINITY
  const isSame = ({ artifact, config }: Sighting) =>
    artifact === present?.artifact && config === present.config
  const former = own.filter(
    (one) => one.host !== undefined && one.good > 0 && one.number < limit && !isSame(one),
  )
  return former.toSorted((a, b) => b.number - a.number)[0]
}

async function lookAround(session: Session): Promise<void> {
  const machines = await session.provider.list(session.providerContext)
  await session.releases.look(session, machines)
}

/** The book says which release is wanted. */
async function rollOut(session: Session, options: DeployOptions, run: Run): Promise<DeployReport> {
  const began = performance.now()
  const { app } = options
  const { name, hosts } = app
  const before = session.releases.formerly(name)
  const { plan } = await look(session, { hosts })
  const release = await wantedNow(session, name)
  if (!release) throw new Error(`${name} has no release to roll out`)
  requireAll(plan, name)
  const report = (outcomes: readonly Outcome[], verdicts: UpReport['verdicts']): DeployReport => ({
    ...{ app: name, release, before, plan, outcomes, verdicts },
    ms: Math.round(performance.now() - began),
  })
  if (isEmpty(plan))
    return report(
      hosts.map((host) => ({ host, result: 'unchanged', changes: 0, ms: 0 })),
      [],
    )
  if (!(await options.consent(plan)))
    throw new CopseError(
      'refused',
      `nothing was changed: release ${release.number} of ${name} was not confirmed`,
    )
  await run.raise(Math.max(0, ...plan.hosts.map((host) => (host.state === 'observed' ? host.run : 0))))
  await takeAll(session, hosts, name)
  const converge = { machines: noMachines, run: run.number, waitMs: options.lockTimeoutMs }
  const outcomes = await convergeHosts(session, { ...converge, plan })
  const isStarted = troubleOf({ outcomes, verdicts: [] }) === undefined
  const verdicts = isStarted
    ? await verify(session, {
        hosts: session.desired.environment.hosts.map((host) => host.name),
        fastOnly: true,
        only: (probe) => probe.app === name,
      })
    : []
  if (isProven({ outcomes, verdicts }, name, hosts)) await proveReleases(session, { outcomes, verdicts })
  else if (before) await takeBack(session, { app, before, converge })
  return report(outcomes, verdicts)
}

/** A rollout that could not end must not begin. */
function requireAll({ hosts }: Plan, app: string): void {
  for (const host of hosts) {
    if (host.state === 'observed') continue
    const why = host.state === 'absent' ? 'its machine is not there' : host.detail
    throw new CopseError('failed', `${app} was not touched: ${host.host} does not answer: ${why}`, {
      hint: 'bring it back first: copse up',
    })
  }
}

/** Every host has all of the release, its static files too, before the first one starts it. */
async function takeAll(session: Session, hosts: readonly string[], app: string): Promise<void> {
  const secrets = await session.secrets.open()
  const known = { secrets, releases: session.releases }
  const taken = hosts.map(async (host) => {
    const own = desiredHost(session.desired, host).resources.filter(
      ({ kind, key }) => kind === releaseKind.name && key === app,
    )
    const [bound] = bindAll(own, known)
    if (!bound) return
    const step = takeRelease(releaseIn(bound))
    const sent = await sendables(step, secrets)
    const transport = await session.transport(host)
    const { code, stderr } = await transport.run(
      { ...sent, main: { text: `${step.script.shell}\n` } },
      session.context.signal,
    )
    if (code !== 0)
      throw new CopseError(
        'failed',
        `${app} was not touched: ${host} could not fetch it: ${secrets.conceal(stderr.trim())}`,
      )
  })
  await Promise.all(taken)
}

interface TakeBack {
  readonly app: App
  readonly before: WantedRelease
  readonly converge: { readonly machines: typeof noMachines; readonly run: number; readonly waitMs: number }
}

/** Hosts that were switched run the former release again. */
async function takeBack(session: Session, { app, before, converge }: TakeBack): Promise<void> {
  const emit = (message: string) => session.context.emit({ event: 'progress', subject: app.name, message })
  session.releases.goBack(before, app.name)
  const { plan } = await look(session, { hosts: app.hosts })
  if (isEmpty(plan)) return
  emit(`goes back to release ${before.number}`)
  const outcomes = await convergeHosts(session, { ...converge, plan })
  for (const { host, result, detail } of outcomes)
    if (result !== 'changed' && result !== 'unchanged') emit(`${host} did not go back: ${detail ?? result}`)
}
