/** Makes, starts and destroys the machines that a plan says, each on its own: one that fails does not stop the others. */
import pLimit from 'p-limit'
import { CopseError } from '../lib/errors.ts'
import type { Host } from '../model/environment.ts'
import { ensureImages } from './golden.ts'
import type { MachineChange, Plan } from './plan-types.ts'
import { drain, restore } from './rollout.ts'
import { desiredHost, type Session } from './session.ts'

/** Machines made at the same time; more only wait for the box's disk. */
const atOnce = 3

/** What failed, by host. */
export type Failures = ReadonlyMap<string, CopseError>

export interface Making {
  /** Without golden images. */
  readonly isCold: boolean
  readonly run: number
}

export async function makeMachines(session: Session, plan: Plan, making: Making): Promise<Failures> {
  const doomed = plan.machines.filter(({ action }) => action === 'destroy')
  const wanted = plan.machines.filter(({ action }) => action !== 'destroy')
  const failed = new Map<string, CopseError>()
  if (doomed.length > 0) await each(session, { changes: doomed, images: new Map() }, failed)
  if (wanted.length > 0) {
    session.context.emit({ event: 'phase', phase: 'prepare', hosts: [] })
    await session.provider.prepare(session.providerContext)
    const created = wanted.filter(({ action }) => action === 'create' || action === 'replace')
    const hosts = making.isCold ? [] : created.map(({ host }) => desiredHost(session.desired, host))
    const images = await ensureImages(session, hosts, making.run)
    session.context.emit({ event: 'phase', phase: 'create', hosts: wanted.map(({ host }) => host) })
    await each(session, { changes: wanted, images }, failed)
  }
  return failed
}

interface Work {
  readonly changes: readonly MachineChange[]
  /** The ids of golden images, by host. */
  readonly images: ReadonlyMap<string, string>
}

async function each(
  session: Session,
  { changes, images }: Work,
  failed: Map<string, CopseError>,
): Promise<void> {
  const limit = pLimit(atOnce)
  await Promise.all(
    changes.map((change) =>
      limit(async () => {
        try {
          if (!session.context.signal.aborted) await changeMachine(session, change, images.get(change.host))
        } catch (error) {
          if (!(error instanceof CopseError)) throw error
          failed.set(change.host, error)
        }
      }),
    ),
  )
}

async function changeMachine(
  session: Session,
  { host, action }: MachineChange,
  image: string | undefined,
): Promise<void> {
  const { provider, providerContext } = session
  await session.forget(host)
  if (action === 'destroy') return provider.destroy(providerContext, host)
  const wanted = desiredHost(session.desired, host).host
  if (action === 'create') return provider.create(providerContext, wanted, image)
  return action === 'replace'
    ? replaceMachine(session, wanted, image)
    : provider.start(providerContext, wanted)
}

/** The old machine serves until the new one could take its place; where that never comes, it goes on serving. */
async function replaceMachine(session: Session, host: Host, image: string | undefined): Promise<void> {
  const { provider, providerContext } = session
  const drained = drain(session, host.name)
  // Whether it failed is told to who waits for it.
  drained.catch(() => undefined)
  try {
    await provider.replace(providerContext, host, { image, mayEnd: () => drained })
  } catch (error) {
    await drained.then(() => restore(session, host.name)).catch(() => undefined)
    throw error
  }
}
