/** Makes the plan of an environment: asks the provider for its machines and every host for its state. Writes nothing. */
import { CopseError } from '../lib/errors.ts'
import type { Machine } from '../machines/provider.ts'
import type { DesiredHost } from '../model/desired.ts'
import { Unreachable } from '../transports/transport.ts'
import { Busy, nothing, type Observation, observe } from './observe.ts'
import { bindAll, planHost } from './plan-host.ts'
import type { AbsentHost, HostPlan, MachineChange, Plan, UnreachableHost } from './plan-types.ts'
import type { ReadSession } from './session.ts'

/** The plan for some hosts of the environment, by name. */
export async function makePlan(session: ReadSession, hosts: readonly string[]): Promise<Plan> {
  session.context.emit({ event: 'phase', phase: 'observe', hosts })
  const machines = await session.provider.list(session.providerContext)
  const selected = session.desired.hosts.filter(({ host }) => hosts.includes(host.name))
  const isWhole = selected.length === session.desired.hosts.length
  const plans = await Promise.all(
    selected.map((desired) =>
      planOne(
        session,
        desired,
        machines.find(({ host }) => host === desired.host.name),
      ),
    ),
  )
  return {
    version: 1,
    ecosystem: session.desired.environment.ecosystem,
    environment: session.desired.environment.name,
    machines: machineChanges(session, { machines, hosts, isWhole }),
    hosts: plans,
  }
}

/** The plan of a host whose machine runs. */
export async function planRunning(
  session: ReadSession,
  desired: DesiredHost,
): Promise<HostPlan | UnreachableHost> {
  const { name } = desired.host
  const refuse = (reason: UnreachableHost['reason'], detail: string, hint?: string): UnreachableHost => ({
    host: name,
    state: 'unreachable',
    reason,
    detail,
    hint,
  })
  try {
    const reader = await session.reader(name)
    const wanted = bindAll(desired.resources)
    const { lockTimeoutMs: waitMs, context } = session
    const found = await observe(reader, wanted, { signal: context.signal, waitMs })
    const identity = await session.identity(desired.host)
    if (found.identity !== '' && found.identity !== identity)
      return refuse('foreign', `it carries another identity: ${found.identity.trim().replaceAll('\n', ' ')}`)
    if (found.identity === '' && session.provider.makesMachines)
      return refuse(
        'foreign',
        'it carries no identity, although copse gives one to every machine that it makes',
      )
    return planHost({ host: name, wanted, found, identity })
  } catch (error) {
    if (error instanceof Busy) return refuse('busy', error.message, error.hint)
    if (error instanceof Unreachable) return refuse(error.reason, error.message, error.hint)
    if (error instanceof CopseError && error.code === 'failed')
      return refuse('failed', error.message, error.hint)
    throw error
  }
}

async function planOne(
  session: ReadSession,
  desired: DesiredHost,
  machine: Machine | undefined,
): Promise<Plan['hosts'][number]> {
  const { name } = desired.host
  const state = machine?.state ?? 'absent'
  if (state === 'running') return session.atOnce(() => planRunning(session, desired))
  if (state === 'absent') return absent(desired, nothing)
  if (state === 'stopped') return { host: name, state: 'absent', changes: [] }
  const reason = state === 'foreign' ? 'foreign' : 'no-answer'
  return { host: name, state: 'unreachable', reason, detail: machine?.detail ?? `its machine is ${state}` }
}

/** All that a missing machine will be given. */
function absent(desired: DesiredHost, found: Observation): AbsentHost {
  const plan = planHost({ host: desired.host.name, wanted: bindAll(desired.resources), found, identity: '' })
  return { host: plan.host, state: 'absent', changes: plan.changes }
}

function machineChanges(
  { desired }: ReadSession,
  { machines, hosts, isWhole }: { machines: readonly Machine[]; hosts: readonly string[]; isWhole: boolean },
): readonly MachineChange[] {
  const named = desired.environment.hosts.filter(({ name }) => hosts.includes(name))
  const wanted = named.flatMap((host): readonly MachineChange[] => {
    const state = machines.find((machine) => machine.host === host.name)?.state ?? 'absent'
    const { name, machine } = host
    if (state === 'absent')
      return [{ host: name, machine, action: 'create', why: `${host.address}, Debian ${host.debian}` }]
    if (state === 'stopped') return [{ host: name, machine, action: 'start', why: 'it is stopped' }]
    return []
  })
  if (!isWhole) return wanted
  const known = new Set(desired.environment.hosts.map(({ name }) => name))
  const strangers = machines.filter(({ host, state }) => !known.has(host) && state !== 'absent')
  const why = 'the definition no longer names it'
  return [
    ...strangers.map(
      ({ host }): MachineChange => ({
        host,
        machine: desired.environment.prefix + host,
        action: 'destroy',
        why,
      }),
    ),
    ...wanted,
  ]
}
