/** Makes, starts and destroys the machines that a plan says, each on its own: one that fails does not stop the others. */
import pLimit from 'p-limit'
import { CopseError } from '../lib/errors.ts'
import type { Host } from '../model/environment.ts'
import { Unreachable } from '../transports/transport.ts'
import type { Outcome } from './events.ts'
import { ensureImages } from './golden.ts'
import type { MachineChange, Plan } from './plan-types.ts'
import { drain, restore } from './rollout.ts'
import { desiredHost, type Session } from './session.ts'

/** Machines made at the same time; more only wait for the box's disk. */
const atOnce = 4

export interface Making {
  /** Without golden images. */
  readonly isCold: boolean
  readonly run: number
}

/** What becomes of the machines of a plan. */
export interface Machines {
  /** Those that could not be destroyed. */
  readonly lost: readonly Outcome[]
  /** Resolves once the machine of a host is there: undefined, or why it is not. Ask it for every host of the plan. */
  ready(host: string): Promise<CopseError | undefined>
  /** Resolves once the former machine of a host that was made anew is gone: undefined, or why it is not. */
  ended(host: string): Promise<CopseError | undefined>
}

/** Removals of former machines by host, which only the end of a run waits for. */
type Endings = Map<string, Promise<CopseError | undefined>>

/** Resolves when the first of them are being made: a host need not wait for the machines of others. */
export async function makeMachines(session: Session, plan: Plan, making: Making): Promise<Machines> {
  const limit = pLimit(atOnce)
  const endings: Endings = new Map()
  const begin = (change: MachineChange, image?: string) =>
    limit(() => attempt(session, () => changeMachine(session, change, { image, endings })))
  const doomed = plan.machines.filter(({ action }) => action === 'destroy')
  const wanted = plan.machines.filter(({ action }) => action !== 'destroy')
  const lost = await Promise.all(doomed.map(async (change) => lostOf(change, await begin(change))))
  const images = wanted.length > 0 ? await prepare(session, wanted, making) : new Map<string, string>()
  // Who takes longest to be configured begins first.
  const weight = ({ host }: MachineChange) => desiredHost(session.desired, host).resources.length
  const order = wanted.toSorted((a, b) => weight(b) - weight(a))
  const made = new Map(order.map((change) => [change.host, begin(change, images.get(change.host))]))
  return {
    lost: lost.flat(),
    ready: async (host) => made.get(host),
    ended: async (host) => made.get(host)?.then(() => endings.get(host)),
  }
}

/** All that machines need; the ids of golden images by host. */
async function prepare(
  session: Session,
  wanted: readonly MachineChange[],
  { isCold, run }: Making,
): Promise<ReadonlyMap<string, string>> {
  session.context.emit({ event: 'phase', phase: 'prepare', hosts: [] })
  await session.provider.prepare(session.providerContext)
  const created = wanted.filter(({ action }) => action === 'create' || action === 'replace')
  const hosts = isCold ? [] : created.map(({ host }) => desiredHost(session.desired, host))
  const images = await ensureImages(session, hosts, run)
  session.context.emit({ event: 'phase', phase: 'create', hosts: wanted.map(({ host }) => host) })
  return images
}

async function attempt({ context }: Session, work: () => Promise<unknown>): Promise<CopseError | undefined> {
  if (context.signal.aborted) return undefined
  return troubleIn(work())
}

async function troubleIn(work: Promise<unknown>): Promise<CopseError | undefined> {
  try {
    await work
    return undefined
  } catch (error) {
    if (error instanceof CopseError) return error
    throw error
  }
}

function lostOf({ host, machine }: MachineChange, error: CopseError | undefined): readonly Outcome[] {
  if (!error) return []
  const detail = `${machine} could not be destroyed: ${error.message}`
  return [{ host, result: 'failed', changes: 0, ms: 0, detail, hint: error.hint }]
}

interface Means {
  readonly image: string | undefined
  readonly endings: Endings
}

/** Whoever was connected to before, or meanwhile, was another machine, with another key. */
async function changeMachine(session: Session, change: MachineChange, means: Means): Promise<void> {
  await session.forget(change.host)
  await carryOut(session, change, means)
  await session.forget(change.host)
}

async function carryOut(session: Session, { host, action }: MachineChange, means: Means): Promise<void> {
  const { provider, providerContext } = session
  if (action === 'destroy') return provider.destroy(providerContext, host)
  const wanted = desiredHost(session.desired, host).host
  if (action === 'create') return provider.create(providerContext, wanted, means.image)
  return action === 'replace' ? replaceMachine(session, wanted, means) : startMachine(session, wanted)
}

/** Until its boot has ended, units start by themselves, which would be a move between its plan and its steps. */
async function startMachine(session: Session, host: Host): Promise<void> {
  const { provider, providerContext, context } = session
  await provider.start(providerContext, host)
  const main = { text: 'timeout 60 systemctl is-system-running --quiet --wait || :\n' }
  try {
    await (await session.transport(host.name)).run({ main }, context.signal)
  } catch (error) {
    // Who looks at the host learns why, too.
    if (!(error instanceof Unreachable)) throw error
  }
}

/** The old machine serves until the new one could take its place; where that never comes, it goes on serving. */
async function replaceMachine(session: Session, host: Host, { image, endings }: Means): Promise<void> {
  const { provider, providerContext } = session
  const drained = drain(session, host.name)
  // Whether it failed is told to who waits for it.
  drained.catch(() => undefined)
  try {
    await provider.replace(providerContext, host, {
      image,
      mayEnd: () => drained,
      ending: (removal) => void endings.set(host.name, troubleIn(removal)),
    })
  } catch (error) {
    await drained.then(() => restore(session, host.name)).catch(() => undefined)
    throw error
  }
}
