/** The machines of one environment as its engine shows them. */
import type { Host } from '../../model/environment.ts'
import type { Machine, ProviderContext } from '../provider.ts'
import { type Instance, Instances } from './api.ts'
import type { Client } from './client.ts'
import { instanceName, labels, ownerOf } from './names.ts'
import { isGivingWay } from './share.ts'
import { lacking } from './volumes.ts'

/** Everything in the engine, whoever made it. */
export async function readInstances(client: Client): Promise<readonly Instance[]> {
  return (await client.read('/1.0/instances?recursion=1', Instances)) ?? []
}

/** Those that copse made for this environment. */
export function ownInstances(instances: readonly Instance[], context: ProviderContext): readonly Instance[] {
  const owner = ownerOf(context)
  return instances.filter(({ config }) => config[labels.owner] === owner)
}

/**
 * What there is of a host by label, since its name changes with the environment's prefix: its machine, then what is left of
 * one whose making or ending was cut short.
 */
export function instancesOf(
  instances: readonly Instance[],
  context: ProviderContext,
  host: string,
): readonly Instance[] {
  const own = ownInstances(instances, context).filter(({ config }) => config[labels.host] === host)
  return [...own.filter((one) => !isHalfMade(one)), ...own.filter(isHalfMade)]
}

/** The first of them. */
export function instanceOf(
  instances: readonly Instance[],
  context: ProviderContext,
  host: string,
): Instance | undefined {
  return instancesOf(instances, context, host).at(0)
}

/** True when its creation was cut short: it may lack files, and is made anew. One that has started was given all of them. */
export function isHalfMade({ config }: Instance): boolean {
  return config[labels.stage] !== 'made' || config[untilFirstStart] !== undefined
}

/** What an engine notes on a copy, for its own templates, until that is started for the first time. */
const untilFirstStart = 'volatile.apply_template'

/** What a host's machine is, also when somebody else's has its name. Pure. */
export function stateOf(instances: readonly Instance[], context: ProviderContext, host: Host): Machine {
  const [own, ...left] = instancesOf(instances, context, host.name)
  if (own) return { ...describe(own, host), ...(left.length > 0 && !isHalfMade(own) && { isDoubled: true }) }
  const name = instanceName(ownerOf(context), host.machine)
  if (!instances.some((instance) => instance.name === name)) return { host: host.name, state: 'absent' }
  return { host: host.name, state: 'foreign', detail: `the engine has a '${name}' that copse did not make` }
}

/** The machine of a host of the environment that the definition means, whoever made that. Pure. */
export function machineAt(
  instances: readonly Instance[],
  context: ProviderContext,
  host: Pick<Host, 'name' | 'address'>,
): Instance | undefined {
  const { ecosystem, name } = context.environment
  const own = instanceOf(instances, context, host.name)
  const isMeant = ({ config, devices }: Instance) =>
    config[labels.ecosystem] === ecosystem &&
    config[labels.environment] === name &&
    config[labels.host] === host.name &&
    devices.eth0?.['ipv4.address'] === host.address
  return own ?? instances.find(isMeant)
}

/** Machines that the definition no longer names. Pure. */
export function strangers(instances: readonly Instance[], context: ProviderContext): readonly Machine[] {
  const known = new Set(context.environment.hosts.map(({ name }) => name))
  const hosts = new Set(ownInstances(instances, context).flatMap(({ config }) => config[labels.host] ?? []))
  return [...hosts]
    .filter((host) => !known.has(host))
    .flatMap((host) => instanceOf(instances, context, host) ?? [])
    .map((instance) => describe(instance, undefined))
}

function describe(instance: Instance, wanted: Host | undefined): Machine {
  const { config, status, last_used_at } = instance
  const base = { host: config[labels.host] ?? instance.name, uuid: config[labels.uuid] }
  if (isHalfMade(instance))
    return { ...base, state: 'stopped', detail: 'its creation was cut short; it is made anew' }
  const moved = wanted && differences(instance, wanted)
  if (moved) return { ...base, state: 'unknown', detail: moved }
  if (status === 'Running') {
    const started = last_used_at === undefined ? {} : { started: Date.parse(last_used_at) }
    const giving = isGivingWay(instance) ? { isGivingWay: true } : {}
    return {
      ...base,
      state: 'running',
      lacks: wanted ? lacking(instance, wanted) : [],
      ...started,
      ...giving,
    }
  }
  if (status === 'Stopped') return { ...base, state: 'stopped' }
  return { ...base, state: 'unknown', detail: `the engine says that it is in state '${status}'` }
}

/** What only a new machine can change. */
function differences({ config, devices }: Instance, { address, debian, name }: Host): string | undefined {
  const found = [
    ...(devices.eth0?.['ipv4.address'] === address ? [] : [`address ${devices.eth0?.['ipv4.address']}`]),
    ...(config[labels.debian] === String(debian) ? [] : [`Debian ${config[labels.debian]}`]),
  ]
  if (found.length === 0) return undefined
  return `it has ${found.join(' and ')}, wanted ${address} and Debian ${debian}: rebuild ${name}`
}
