/** Environments that share a box share neither addresses nor machine names, and their networks are private ones. */
import { formatAddress, overlaps, parseSubnet, type Subnet } from '../../lib/ipv4.ts'
import { type Definition, type EnvironmentPart, hostsOf, originOf } from '../definition.ts'
import type { Problem } from '../problem.ts'

export function checkBoxes(definition: Definition): readonly Problem[] {
  const onBox = definition.environments.filter(({ provider }) => provider.provider === 'incus')
  return [
    ...onBox.flatMap((environment) => publicSubnet(definition, environment)),
    ...definition.environments.flatMap((environment) => unusableSubnet(definition, environment)),
    ...onBox.flatMap((environment, index) =>
      onBox
        .slice(0, index)
        .filter((other) => boxOf(other) === boxOf(environment))
        .flatMap((other) => clashes(definition, other, environment)),
    ),
  ]
}

const networks = (...texts: readonly string[]) => texts.flatMap((text) => parseSubnet(text) ?? [])
const privateNetworks = networks('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10')
const unusableNetworks = networks('0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3')

function publicSubnet(definition: Definition, { name, settings }: EnvironmentPart): readonly Problem[] {
  if ([...privateNetworks, ...unusableNetworks].some((network) => overlaps(network, settings.subnet)))
    return []
  return [
    {
      message: `the subnet of ${name}, ${showSubnet(settings.subnet)}, belongs to the internet: the box could no longer reach it`,
      hint: 'use a private one, such as 10.61.0.0/24',
      origin: originOf(definition, 'environments', name, 'subnet'),
    },
  ]
}

function unusableSubnet(definition: Definition, { name, settings }: EnvironmentPart): readonly Problem[] {
  if (!unusableNetworks.some((network) => overlaps(network, settings.subnet))) return []
  return [
    {
      message: `no host can have an address in ${showSubnet(settings.subnet)}, the subnet of ${name}`,
      hint: 'use a private one, such as 10.61.0.0/24',
      origin: originOf(definition, 'environments', name, 'subnet'),
    },
  ]
}

/** One box may have several names: what clashes there then is found when it is looked at. */
export function boxOf({ provider }: EnvironmentPart): string | undefined {
  if (provider.provider !== 'incus') return undefined
  return provider.box === 'local' ? '' : provider.box.ssh
}

function clashes(definition: Definition, a: EnvironmentPart, b: EnvironmentPart): readonly Problem[] {
  const problems: Problem[] = []
  if (overlaps(a.settings.subnet, b.settings.subnet))
    problems.push({
      message: `${a.name} and ${b.name} share a box, but their subnets overlap`,
      hint: 'give each a subnet of its own',
      origin: originOf(definition, 'environments', b.name, 'subnet'),
    })
  const taken = machinesOf(definition, a)
  const shared = machinesOf(definition, b).find((machine) => taken.includes(machine))
  if (shared !== undefined)
    problems.push({
      message: `${a.name} and ${b.name} share a box, but both would have a machine ${shared}`,
      hint: 'give each a prefix of its own',
      origin: originOf(definition, 'environments', b.name, 'prefix'),
    })
  return problems
}

function machinesOf({ groups }: Definition, environment: EnvironmentPart): readonly string[] {
  return groups.flatMap((group) =>
    hostsOf(group, environment).map((host) => `${environment.settings.prefix}${host.name}`),
  )
}

function showSubnet({ base, bits }: Subnet): string {
  return `${formatAddress(base)}/${bits}`
}
