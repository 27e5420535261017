/** Destroys machines, and rebuilds hosts: destroyed and made again under one lock. */
import pLimit from 'p-limit'
import { CopseError } from '../lib/errors.ts'
import type { KeptVolume } from '../machines/provider.ts'
import type { Outcome } from './events.ts'
import type { ChangeOptions } from './options.ts'
import { publishNothing } from './publish.ts'
import { troubleOf, type UpReport } from './report.ts'
import { parts, restore, rolloutOf } from './rollout.ts'
import { asRun, type Run } from './run.ts'
import type { Session } from './session.ts'
import { converge, dial } from './up.ts'

export interface DestroyOptions {
  /** By name; `all` also ends machines that the definition no longer names. */
  readonly hosts: readonly string[] | 'all'
  /** Also the data of those hosts; of `all` it always goes. */
  readonly data: boolean
  /** Asked once with what will be gone. */
  consent(doomed: Doomed): Promise<boolean>
  /** Also takes away what the machines needed on the box: network, images, pool, engine. */
  readonly purge: boolean
  readonly lockTimeoutMs: number
  readonly command: string
}

/** Machines by the names of their hosts, and the volumes whose data is deleted. */
export interface Doomed {
  readonly machines: readonly string[]
  readonly volumes: readonly KeptVolume[]
}

/** One outcome for each machine that was there; the volumes of a host go after its machine. */
export async function destroy(session: Session, options: DestroyOptions): Promise<readonly Outcome[]> {
  const report = await asRun(session, options, async () => {
    const { provider, providerContext } = session
    const machines = await provider.list(providerContext)
    const isNamed = (host: string) => options.hosts === 'all' || options.hosts.includes(host)
    const there = machines.filter(({ host, state }) => state !== 'absent' && isNamed(host))
    const foreign = there.find(({ state, hint }) => state === 'foreign' && hint !== undefined)
    if (foreign) throw new CopseError('refused', foreign.detail ?? foreign.host, { hint: foreign.hint ?? '' })
    const doomed = there.filter(({ state }) => state !== 'foreign').map(({ host }) => host)
    const isDataGone = options.data || options.hosts === 'all'
    const kept = isDataGone ? await provider.volumes?.list(providerContext) : []
    const volumes = (kept ?? []).filter(({ host }) => isNamed(host))
    if (doomed.length + volumes.length > 0 && !(await options.consent({ machines: doomed, volumes })))
      throw new CopseError('refused', 'nothing was destroyed: it was not confirmed')
    if (options.hosts === 'all') await publishNothing(session)
    const outcomes = await destroyAll(session, doomed)
    const lost = outcomes.filter(({ result }) => result !== 'changed').map(({ host }) => host)
    for (const volume of volumes.filter(({ host }) => !lost.includes(host))) {
      providerContext.progress(volume.host, `deletes its volume ${volume.name}`)
      await provider.volumes?.remove(providerContext, volume)
    }
    if (options.purge && outcomes.every(({ result }) => result === 'changed'))
      await provider.release(providerContext)
    return { outcomes, verdicts: [] }
  })
  return report.outcomes
}

/** Connects to those who are told first that the hosts will be gone. */
export function dialBalancers(session: Session, hosts: readonly string[]): void {
  dial(
    session,
    hosts.flatMap((host) => rolloutOf(session.desired, host).balancers),
  )
}

/** Destroys the hosts' machines and brings them up again. */
export async function rebuild(
  session: Session,
  options: ChangeOptions & { consentDestroy(hosts: readonly string[]): Promise<boolean> },
): Promise<UpReport> {
  return asRun(session, options, async (run) => {
    if (!(await options.consentDestroy(options.hosts)))
      throw new CopseError('refused', 'nothing was rebuilt: it was not confirmed')
    const reports: UpReport[] = []
    for (const hosts of parts(session.desired, options.hosts)) {
      const last = reports.at(-1)
      const isLost = last && troubleOf(last) !== undefined
      reports.push(isLost ? notBegun(last, hosts) : await rebuildPart(session, { ...options, hosts }, run))
    }
    return merge(reports)
  })
}

/** Hosts that do not serve the same are rebuilt at the same time. */
async function rebuildPart(session: Session, options: ChangeOptions, run: Run): Promise<UpReport> {
  const report = await converge(session, { ...options, isAnew: true }, run)
  await Promise.all(wellIn(report).map((host) => restore(session, host)))
  return report
}

/** Hosts that are as wanted, and of which no probe is red. */
function wellIn({ outcomes, verdicts }: UpReport): readonly string[] {
  return outcomes
    .filter(({ result }) => result === 'changed' || result === 'unchanged')
    .map(({ host }) => host)
    .filter((host) => verdicts.every(({ ok, probe }) => ok || probe.to !== host))
}

function notBegun({ plan }: UpReport, hosts: readonly string[]): UpReport {
  const detail = 'it was left as it is, because a host that serves the same could not be rebuilt'
  const outcomes = hosts.map((host) => ({ host, result: 'skipped' as const, changes: 0, ms: 0, detail }))
  return { plan: { ...plan, machines: [], published: [], hosts: [] }, outcomes, verdicts: [], ms: 0 }
}

function merge(reports: readonly UpReport[]): UpReport {
  const [first] = reports
  if (!first) throw new CopseError('usage', 'there is no host to rebuild')
  return {
    plan: {
      ...first.plan,
      machines: reports.flatMap(({ plan }) => plan.machines),
      published: reports.flatMap(({ plan }) => plan.published),
      hosts: reports.flatMap(({ plan }) => plan.hosts),
    },
    outcomes: reports.flatMap(({ outcomes }) => outcomes),
    verdicts: reports.flatMap(({ verdicts }) => verdicts),
    ms: reports.reduce((sum, { ms }) => sum + ms, 0),
  }
}

async function destroyAll(session: Session, hosts: readonly string[]): Promise<readonly Outcome[]> {
  session.context.emit({ event: 'phase', phase: 'destroy', hosts })
  const limit = pLimit(4)
  return Promise.all(hosts.map((host) => limit(() => destroyOne(session, host))))
}

async function destroyOne(session: Session, host: string): Promise<Outcome> {
  const began = performance.now()
  const ms = () => Math.round(performance.now() - began)
  const attempt = async (): Promise<Outcome> => {
    if (session.context.signal.aborted) return { host, result: 'interrupted', changes: 0, ms: 0 }
    try {
      await session.forget(host)
      await session.provider.destroy(session.providerContext, host)
      return { host, result: 'changed', changes: 1, ms: ms() }
    } catch (error) {
      if (!(error instanceof CopseError)) throw error
      const result = error.code === 'refused' ? 'refused' : 'failed'
      return { host, result, changes: 0, ms: ms(), detail: error.message, hint: error.hint }
    }
  }
  const outcome = await attempt()
  session.context.emit({ event: 'host-end', outcome })
  return outcome
}
