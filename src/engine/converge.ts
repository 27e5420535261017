/** Brings every host of a plan to its wanted state: in parallel, but after the hosts that it waits for. */
import { applyHost } from './apply.ts'
import { recoverReleases } from './apps/recover.ts'
import type { Outcome } from './events.ts'
import type { Machines } from './machine-changes.ts'
import type { HostPlan, Plan, UnreachableHost } from './plan-types.ts'
import { planRunning } from './planning.ts'
import { isLost } from './report.ts'
import { makeTurns, type Rollout, rolloutOf, type Turn } from './rollout.ts'
import { desiredHost, type Session } from './session.ts'

interface Converge {
  readonly plan: Plan
  readonly machines: Machines
  readonly run: number
  readonly waitMs: number
  /** Nothing that serves is changed: no host is taken out for it. */
  readonly isBeside?: boolean
}

/** One outcome for each host of the plan, in its order. */
export async function convergeHosts(session: Session, work: Converge): Promise<readonly Outcome[]> {
  const there = work.plan.hosts.filter(({ state }) => state !== 'absent').map(({ host }) => host)
  if (there.length > 0) session.context.emit({ event: 'phase', phase: 'apply', hosts: there })
  const ends = new Map<string, Promise<Outcome>>()
  const turn = makeTurns(session)
  const endOf = (host: string): Promise<Outcome> | undefined => {
    const planned = work.plan.hosts.find((candidate) => candidate.host === host)
    if (planned && !ends.has(host)) ends.set(host, settle(session, { ...work, planned, endOf, turn }))
    return ends.get(host)
  }
  return Promise.all(work.plan.hosts.flatMap(({ host }) => endOf(host) ?? []))
}

interface Settle extends Converge {
  readonly planned: Plan['hosts'][number]
  endOf(host: string): Promise<Outcome> | undefined
  turn(turn: Turn): Promise<Outcome>
}

async function settle(session: Session, work: Settle): Promise<Outcome> {
  const outcome = await convergeHost(session, work)
  session.context.emit({ event: 'host-end', outcome })
  return outcome
}

async function convergeHost(session: Session, work: Settle): Promise<Outcome> {
  const { host } = work.planned
  const began = performance.now()
  const end = (result: Outcome['result'], more: Partial<Outcome> = {}): Outcome => ({
    host,
    result,
    changes: 0,
    ms: Math.round(performance.now() - began),
    ...more,
  })
  const failure = await work.machines.ready(host)
  if (work.planned.state === 'absent' && !failure)
    session.context.emit({ event: 'phase', phase: 'apply', hosts: [host] })
  const desired = desiredHost(session.desired, host)
  const before = await Promise.all(desired.host.after.flatMap((name) => work.endOf(name) ?? []))
  const lost = before.find(isLost)
  if (lost) return end('skipped', { detail: `it comes after ${lost.host}, which ${lost.result}` })
  if (failure)
    return end(failure.code === 'refused' ? 'refused' : 'failed', {
      detail: failure.message,
      hint: failure.hint,
    })
  const change = () => session.atOnce(() => changeHost(session, work, end))
  const rollout = rolloutOf(session.desired, host)
  if (work.isBeside || !isRolled(work.planned, rollout)) return change()
  await Promise.all(othersFirst(session, work, rollout).flatMap((name) => work.endOf(name) ?? []))
  const skip = (lost: Outcome) =>
    end('skipped', { detail: `${lost.host}, which serves the same, ${lost.result}` })
  const recover = () => recoverReleases(session, host, work)
  return work.turn({ host, rollout, work: change, recover, skip })
}

/** Only what serves already can be missed, and only where another one can take its place. */
function isRolled(planned: Plan['hosts'][number], { servers }: Rollout): boolean {
  return servers.length > 1 && planned.state === 'observed' && planned.changes.length > 0
}

/** The balancers, which must know of the drain until it is over, and machines that are only being made; not who waits for us. */
function othersFirst({ desired }: Session, { plan, planned }: Settle, rollout: Rollout): readonly string[] {
  const isAbsent = (name: string) => plan.hosts.some(({ host, state }) => host === name && state === 'absent')
  const waitsForUs = (name: string): boolean =>
    name === planned.host || desiredHost(desired, name).host.after.some(waitsForUs)
  return [...rollout.balancers, ...rollout.servers.filter(isAbsent)].filter((name) => !waitsForUs(name))
}

/** The host's turn among those that are worked on at once. */
async function changeHost(
  session: Session,
  work: Settle,
  end: (result: Outcome['result'], more?: Partial<Outcome>) => Outcome,
): Promise<Outcome> {
  if (session.context.signal.aborted) return end('interrupted')
  const { host } = work.planned
  const desired = desiredHost(session.desired, host)
  const plan = work.planned.state === 'absent' ? await planRunning(session, desired) : work.planned
  if (plan.state === 'unreachable') return end(resultOf(plan), { detail: plan.detail, hint: plan.hint })
  if (plan.changes.length === 0 && plan.forget.length === 0) return end('unchanged')
  const outcome = await applyHost(
    session.context,
    { plan, transport: await session.transport(host) },
    { run: work.run, waitMs: work.waitMs, secrets: await session.secrets.open() },
  )
  if (work.planned.state === 'absent')
    await session.provider.giveFullShare?.(session.providerContext, desired.host)
  return outcome.result === 'changed' ? lookAgain(session, outcome) : outcome
}

function resultOf({ reason }: UnreachableHost): Outcome['result'] {
  if (reason === 'changed-key' || reason === 'foreign') return 'refused'
  if (reason === 'busy') return 'locked'
  return reason === 'failed' ? 'failed' : 'unreachable'
}

/** What was applied must now be found: anything that still differs is a failure. */
async function lookAgain(session: Session, outcome: Outcome): Promise<Outcome> {
  const again = await planRunning(session, desiredHost(session.desired, outcome.host))
  if (again.state === 'unreachable')
    return { ...outcome, result: 'unreachable', detail: again.detail, hint: again.hint }
  if (again.changes.length === 0)
    return { ...outcome, result: outcome.changes === 0 ? 'unchanged' : 'changed' }
  return { ...outcome, result: 'failed', detail: `after applying, this still differs: ${still(again)}` }
}

function still(plan: HostPlan): string {
  return plan.changes.map(({ kind, key, why }) => `${kind} ${key} (${why.join(', ')})`).join('; ')
}
