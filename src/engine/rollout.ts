/** Hosts that serve one endpoint behind a balancer: which they are, and how one of them is taken out and brought back. */
import { CopseError } from '../lib/errors.ts'
import type { Balanced, Desired } from '../model/desired.ts'
import type { Probe } from '../model/probe.ts'
import { Unreachable } from '../transports/transport.ts'
import type { Outcome } from './events.ts'
import { isLost } from './report.ts'
import type { Session } from './session.ts'
import { verify } from './verify.ts'

/** A host's part in a rollout; without balancers nobody sends it anything. */
export interface Rollout {
  /** Hosts that send it requests, by name. */
  readonly balancers: readonly string[]
  /** All that at least one of them sends requests to, in the definition's order, itself included. */
  readonly servers: readonly string[]
}

/** Pure. */
export function rolloutOf({ hosts }: Desired, name: string): Rollout {
  const fronts = hosts.filter(({ balanced }) => balanced.some(({ server }) => server === name))
  const servers = new Set(fronts.flatMap(({ balanced }) => balanced.map(({ server }) => server)))
  return {
    balancers: fronts.map(({ host }) => host.name),
    servers: hosts.map(({ host }) => host.name).filter((host) => servers.has(host)),
  }
}

/**
 * Splits hosts so that no two of a part serve the same endpoint, and none is with its balancer, which drains it: the parts
 * are worked on one after another. Pure.
 */
export function parts(desired: Desired, hosts: readonly string[]): readonly (readonly string[])[] {
  const isApart = (host: string, other: string) => {
    const { servers, balancers } = rolloutOf(desired, host)
    return servers.includes(other) || balancers.includes(other)
  }
  const made: string[][] = []
  for (const host of hosts) {
    const place = made.find((part) => !part.some((other) => isApart(host, other) || isApart(other, host)))
    if (place) place.push(host)
    else made.push([host])
  }
  return made
}

/** Every balancer sends the host nothing new, once what it does has ended. A balancer that is down sends nothing anyway. */
export async function drain(session: Session, host: string): Promise<void> {
  await tellBalancers(session, host, ({ drain }) => drain)
}

/** Every balancer sends the host requests again; throws CopseError `failed` when one does not find it well. */
export async function restore(session: Session, host: string): Promise<void> {
  await tellBalancers(session, host, ({ restore }) => restore)
}

async function tellBalancers(
  session: Session,
  host: string,
  script: (balanced: Balanced) => string,
): Promise<void> {
  for (const { host: front, balanced } of session.desired.hosts)
    for (const one of balanced.filter(({ server }) => server === host)) {
      const said = await tell(session, front.name, script(one))
      if (said !== undefined) throw new CopseError('failed', `${front.name} and ${host}: ${said}`)
    }
}

/** Undefined: done, or nobody answers there. */
async function tell(session: Session, front: string, script: string): Promise<string | undefined> {
  const machines = await session.provider.list(session.providerContext)
  if (machines.find((machine) => machine.host === front)?.state !== 'running') return undefined
  try {
    const transport = await session.transport(front)
    const { code, stderr } = await transport.run({ main: { text: script } }, AbortSignal.timeout(60_000))
    return code === 0 ? undefined : stderr.trim()
  } catch (error) {
    if (error instanceof Unreachable && error.reason === 'no-answer') return undefined
    throw error
  }
}

/** What a host's turn is about. */
export interface Turn {
  readonly host: string
  readonly rollout: Rollout
  work(): Promise<Outcome>
  /** How it ends when an earlier server of the rollout was lost. */
  skip(lost: Outcome): Outcome
}

/** Lets the servers of a rollout work one at a time, and none after one that failed. */
export function makeTurns(session: Session): (turn: Turn) => Promise<Outcome> {
  const queues = new Map<string, Promise<Outcome | undefined>>()
  return async (turn) => {
    const key = turn.rollout.servers.join(' ')
    const before = queues.get(key) ?? Promise.resolve(undefined)
    const mine = before.then(async (lost) => {
      const outcome = lost ? turn.skip(lost) : await roll(session, turn)
      return { outcome, lost: lost ?? (isLost(outcome) ? outcome : undefined) }
    })
    queues.set(
      key,
      mine.then(({ lost }) => lost),
    )
    return (await mine).outcome
  }
}

/** Out of the balancers, changed, proven, and back. */
async function roll(session: Session, { host, work }: Turn): Promise<Outcome> {
  const began = performance.now()
  const fail = (outcome: Outcome, detail: string): Outcome => ({ ...outcome, result: 'failed', detail })
  const nothing: Outcome = { host, result: 'failed', changes: 0, ms: 0 }
  try {
    await drain(session, host)
  } catch (error) {
    if (!(error instanceof CopseError)) throw error
    return fail(nothing, `it was not changed, because it could not be drained: ${error.message}`)
  }
  const outcome = await work()
  const red = isLost(outcome) ? undefined : await firstRed(session, host)
  const back = await restore(session, host).then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  )
  const detail = red ?? (isLost(outcome) ? undefined : back)
  const ms = Math.round(performance.now() - began)
  return detail === undefined ? { ...outcome, ms } : { ...fail(outcome, detail), ms }
}

async function firstRed(session: Session, host: string): Promise<string | undefined> {
  // An app without a release gets its first one later.
  const only = ({ app }: Probe) => app === undefined || session.releases.wanted(app, undefined) !== undefined
  const verdicts = await verify(session, { hosts: [host], fastOnly: true, only })
  const red = verdicts.find(({ ok }) => !ok)
  return red && `after the change ${red.probe.name} is red: ${red.detail}`
}
