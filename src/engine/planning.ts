/** Makes the plan of an environment: asks the provider for its machines and every host for its state. Writes nothing. */
import { CopseError } from '../lib/errors.ts'
import type { Machine } from '../machines/provider.ts'
import type { DesiredHost } from '../model/desired.ts'
import type { Host } from '../model/environment.ts'
import type { Probe, Verdict } from '../model/probe.ts'
import { Unreachable } from '../transports/transport.ts'
import { Busy, nothing, observe } from './observe.ts'
import { bindAll, planHost } from './plan-host.ts'
import {
  type AbsentHost,
  type HostPlan,
  isEmpty,
  type MachineChange,
  type Plan,
  type UnreachableHost,
} from './plan-types.ts'
import { planPublished } from './publish.ts'
import { makeQuestions } from './questions.ts'
import type { OpenSecrets } from './secrets/open.ts'
import type { ReadSession } from './session.ts'
import { ask } from './verify.ts'

/** What one look at hosts found. */
export interface Look {
  readonly plan: Plan
  /** What probes said that were asked meanwhile. */
  readonly verdicts: readonly Verdict[]
}

/** What is looked at: hosts by name. */
export interface Sight {
  readonly hosts: readonly string[]
  /** Of all hosts; default: the provider is asked. */
  readonly machines?: readonly Machine[]
  /** Asked meanwhile. */
  readonly probes?: readonly Probe[]
  /** Every machine that is there is to be made anew, whatever it is like. */
  readonly isAnew?: boolean | undefined
}

/** The plan for some hosts of the environment, by name. */
export async function makePlan(session: ReadSession, hosts: readonly string[]): Promise<Plan> {
  return (await look(session, { hosts })).plan
}

/**
 * The same, and the probes are asked meanwhile: those of a host in the same round trip, the operator's where all machines
 * run. Those of a plan that changes something are worth nothing.
 */
export async function look(session: ReadSession, sight: Sight): Promise<Look> {
  const { hosts, probes = [], isAnew = false } = sight
  await session.secrets.require(hosts)
  session.context.emit({ event: 'phase', phase: 'observe', hosts })
  const { machines = await session.provider.list(session.providerContext) } = sight
  if (session.desired.environment.apps.length > 0) await session.releases.look(session, machines)
  const selected = session.desired.hosts.filter(({ host }) => hosts.includes(host.name))
  const isWhole = selected.length === session.desired.hosts.length
  const isUp = selected.every(({ host }) =>
    machines.some((one) => one.host === host.name && one.state === 'running'),
  )
  const ours = isUp ? probes.filter(({ from }) => from === 'operator') : []
  const enough = new AbortController()
  const asked = ours.length > 0 ? ask(session, ours, enough.signal) : []
  // What a run leaves out might be what a port leads to.
  const publishing = isWhole && session.only === undefined ? planPublished(session) : []
  const looking = selected.map((desired) => {
    const { name } = desired.host
    const own = probes.filter(({ from }) => from !== 'operator' && from.host === name)
    const machine = machines.find(({ host }) => host === name)
    return lookAtOne(session, { desired, machine, probes: own, isAnew })
  })
  const [published, looks] = await Promise.all([publishing, Promise.all(looking)])
  const { ecosystem, name } = session.desired.environment
  const changes = machineChanges(session, { machines, hosts, isWhole, isAnew })
  const plans = looks.map(({ plan }) => plan)
  const plan: Plan = { version: 1, ecosystem, environment: name, machines: changes, published, hosts: plans }
  if (!isEmpty(plan)) enough.abort()
  return {
    plan,
    verdicts: [...(await asked), ...looks.flatMap(({ verdicts }) => verdicts)],
  }
}

/** The plan of a host whose machine runs. */
export async function planRunning(
  session: ReadSession,
  desired: DesiredHost,
): Promise<HostPlan | UnreachableHost> {
  return (await lookAtRunning(session, desired, [])).plan
}

interface HostLook<Found> {
  readonly plan: Found
  readonly verdicts: readonly Verdict[]
}

async function lookAtRunning(
  session: ReadSession,
  desired: DesiredHost,
  probes: readonly Probe[],
): Promise<HostLook<HostPlan | UnreachableHost>> {
  const { name } = desired.host
  const refuse = (reason: UnreachableHost['reason'], detail: string, hint?: string) => ({
    plan: { host: name, state: 'unreachable' as const, reason, detail, hint },
    verdicts: [],
  })
  try {
    const reader = await session.reader(name)
    const secrets = await session.secrets.open()
    const wanted = bindAll(desired.resources, { secrets, releases: session.releases })
    const { lockTimeoutMs: waitMs, context } = session
    const questions = probes.length > 0 ? makeQuestions(probes) : undefined
    const found = await observe(reader, wanted, { signal: context.signal, waitMs, questions })
    const identity = await session.identity(desired.host)
    if (found.identity !== '' && found.identity !== identity)
      return refuse('foreign', `it carries another identity: ${found.identity.trim().replaceAll('\n', ' ')}`)
    if (found.identity === '' && session.provider.makesMachines)
      return refuse(
        'foreign',
        'it carries no identity, although copse gives one to every machine that it makes',
      )
    return {
      plan: concealed(
        planHost({ host: name, wanted, found, identity, now: Date.now(), only: session.only }),
        secrets,
      ),
      verdicts: questions?.verdicts(found.answers, secrets.conceal) ?? [],
    }
  } catch (error) {
    if (error instanceof Busy) return refuse('busy', error.message, error.hint)
    if (error instanceof Unreachable) return refuse(error.reason, error.message, error.hint)
    if (error instanceof CopseError && error.code === 'failed')
      return refuse('failed', error.message, error.hint)
    throw error
  }
}

/** What stands on a host may hold a secret where the definition has none any more. */
function concealed(plan: HostPlan, { conceal }: OpenSecrets): HostPlan {
  const changes = plan.changes.map(({ why, diff, ...change }) => ({
    ...change,
    why: why.map(conceal),
    ...(diff && { diff: { before: conceal(diff.before), after: conceal(diff.after) } }),
  }))
  return { ...plan, changes }
}

interface Selected {
  readonly desired: DesiredHost
  readonly machine: Machine | undefined
  readonly probes: readonly Probe[]
  readonly isAnew: boolean
}

async function lookAtOne(
  session: ReadSession,
  { desired, machine, probes, isAnew }: Selected,
): Promise<HostLook<Plan['hosts'][number]>> {
  const state = machine?.state ?? 'absent'
  if (isAnew && state !== 'foreign') return { plan: await absent(session, desired), verdicts: [] }
  // What stands at the paths of volumes is only known once it has them.
  if (machine?.lacks?.length) return { plan: notRunning(desired, 'stopped'), verdicts: [] }
  if (state === 'running') return session.atOnce(() => lookAtRunning(session, desired, probes))
  if (state === 'absent') return { plan: await absent(session, desired), verdicts: [] }
  return { plan: notRunning(desired, state, machine), verdicts: [] }
}

function notRunning(
  desired: DesiredHost,
  state: Exclude<Machine['state'], 'running' | 'absent'>,
  { detail = `its machine is ${state}`, hint }: Pick<Machine, 'detail' | 'hint'> = {},
): AbsentHost | UnreachableHost {
  const { name } = desired.host
  if (state === 'stopped') return { host: name, state: 'absent', changes: [] }
  const reason = state === 'foreign' ? 'foreign' : 'no-answer'
  return { host: name, state: 'unreachable', reason, detail, hint }
}

/** All that a missing machine will be given. */
async function absent({ secrets, releases }: ReadSession, desired: DesiredHost): Promise<AbsentHost> {
  const wanted = bindAll(desired.resources, { secrets: await secrets.open(), releases })
  const plan = planHost({ host: desired.host.name, wanted, found: nothing, identity: '' })
  return { host: plan.host, state: 'absent', changes: plan.changes }
}

/** `10.61.0.26, Debian 13, volume data`. */
function describe({ address, debian, volumes }: Host): string {
  return [address, `Debian ${debian}`, ...volumes.map(({ name }) => `volume ${name}`)].join(', ')
}

interface Seen {
  readonly machines: readonly Machine[]
  readonly hosts: readonly string[]
  /** All hosts of the environment were looked at. */
  readonly isWhole: boolean
  readonly isAnew: boolean
}

function machineChanges(
  { desired }: ReadSession,
  { machines, hosts, isWhole, isAnew }: Seen,
): readonly MachineChange[] {
  const named = desired.environment.hosts.filter(({ name }) => hosts.includes(name))
  const wanted = named.flatMap((host): readonly MachineChange[] => {
    const found = machines.find((machine) => machine.host === host.name)
    const { state = 'absent', lacks = [], isDoubled = false, isGivingWay = false } = found ?? {}
    const { name, machine } = host
    if (state === 'absent') return [{ host: name, machine, action: 'create', why: describe(host) }]
    if (isAnew && state !== 'foreign')
      return [{ host: name, machine, action: 'replace', why: describe(host) }]
    if (lacks.length > 0)
      return [{ host: name, machine, action: 'update', why: `without the volume ${lacks.join(', ')}` }]
    if (isDoubled)
      return [
        { host: name, machine, action: 'update', why: 'the ending of its former machine was cut short' },
      ]
    if (isGivingWay) return [{ host: name, machine, action: 'update', why: 'it still gives way to others' }]
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
