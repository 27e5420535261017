/** Machines that no definition names, made for a while: to make an image on, or to run a job of CI. */
import { CopseError } from '../lib/errors.ts'
import { addressAt, parseSubnet, size } from '../lib/ipv4.ts'
import type { Environment, Host } from '../model/environment.ts'
import { identityText } from '../model/identity.ts'
import type { Bound } from '../resources/kind.ts'
import type { Transport } from '../transports/transport.ts'
import { applyHost } from './apply.ts'
import { observe } from './observe.ts'
import { planHost } from './plan-host.ts'
import { noSecrets } from './secrets/open.ts'
import type { Session } from './session.ts'

/** What such a machine is like. */
export interface Workbench extends Pick<Host, 'name' | 'debian'>, Partial<Pick<Host, 'limits'>> {
  /** Tells those that are there at the same time apart; default 0. */
  readonly index?: number
}

/** A host at an address that no host has; undefined in a subnet that is full. Throws CopseError where a host has its name. Pure. */
export function workbench(
  environment: Environment,
  { name, debian, limits = {}, index = 0 }: Workbench,
): Host | undefined {
  if (environment.hosts.some((host) => host.name === name))
    throw new CopseError('config', `a host is called ${name}, as copse calls a machine of its own`, {
      hint: 'give the host another name',
    })
  const subnet = parseSubnet(environment.subnet)
  if (!subnet) return undefined
  const taken = new Set([environment.gateway, ...environment.hosts.map((host) => host.address)])
  const free = Array.from({ length: size(subnet) - 2 }, (_, offset) =>
    addressAt(subnet, size(subnet) - 2 - offset),
  )
  const address = free.filter((one) => !taken.has(one))[index]
  return address === undefined
    ? undefined
    : {
        ...{ name, group: name, machine: name, fqdn: `${name}.${environment.domain}`, address, names: [] },
        ...{ roles: [], endpoints: [], after: [], debian, limits, volumes: [] },
        place: { file: '', line: 0, column: 0 },
      }
}

interface Equipping {
  readonly host: Host
  readonly wanted: readonly Bound[]
  readonly run: number
}

/** Puts there what is wanted, none of which may be a secret, as on any host; throws CopseError where it cannot be. */
export async function equip(
  session: Session,
  transport: Transport,
  { host, wanted, run }: Equipping,
): Promise<void> {
  const { context, desired, provider, providerContext } = session
  const identity = identityText(desired.environment, host, await provider.identity(providerContext, host))
  const found = await observe(transport, wanted, { signal: context.signal, waitMs: 0 })
  const plan = planHost({ host: host.name, wanted, found, identity })
  const { result, detail = result } = await applyHost(
    context,
    { plan, transport },
    { run, waitMs: 0, secrets: noSecrets },
  )
  if (result !== 'changed') throw new CopseError(result === 'interrupted' ? 'interrupted' : 'failed', detail)
}
