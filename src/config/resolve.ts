/** Makes one environment of a definition: names, addresses, endpoints. Pure. */
import { addressAt, formatAddress } from '../lib/ipv4.ts'
import type { DebianRelease, Environment, Host, Volume } from '../model/environment.ts'
import type { ProviderSpec } from '../model/provider.ts'
import { type Definition, type EnvironmentPart, type Group, hostsOf } from './definition.ts'
import { endpointsOf, publicationsOf } from './resolve-publish.ts'

/** Its flows are those of the definition; roles add theirs when they know the environment, and apps are still missing. */
export function resolve(definition: Definition, part: EnvironmentPart): Environment {
  const { settings, provider, name } = part
  const gateway = addressAt(settings.subnet, 1)
  return {
    ecosystem: definition.name,
    name,
    prefix: settings.prefix,
    domain: settings.domain,
    subnet: `${formatAddress(settings.subnet.base)}/${settings.subnet.bits}`,
    gateway,
    resolvers: settings.resolvers ?? (provider.provider === 'incus' ? [gateway] : []),
    operators: operatorsOf(part, gateway),
    variables: settings.variables,
    protected: settings.protected,
    secrets: settings.secrets,
    alert: settings.alert,
    acme: settings.acme,
    promotes: settings.promotes,
    accepts: settings.accepts,
    provider,
    hosts: definition.groups.flatMap((group) => hostsOfGroup(definition, part, group)),
    apps: [],
    // What is no text is told of by the check of flows.
    flows: definition.flows
      .filter(({ from, to }) => typeof from === 'string' && typeof to === 'string')
      .map(({ from, to }) => ({ from, to })),
    publish: publicationsOf(definition, part),
    people: definition.people
      .filter((person) => person.settings.environments.includes(name))
      .map(({ settings: { name: person, keys, recipients } }) => ({ name: person, keys, recipients })),
  }
}

function hostsOfGroup(definition: Definition, part: EnvironmentPart, group: Group): readonly Host[] {
  const { prefix, domain, subnet } = part.settings
  const { names, debian, limits } = group.settings
  const { provider } = part
  return hostsOf(group, part).map(({ name, at }) => ({
    name,
    group: group.name,
    machine: `${prefix}${name}`,
    fqdn: `${prefix}${name}.${domain}`,
    address: addressAt(subnet, at),
    names: [...new Set(names)].filter((other) => other !== name),
    roles: group.roles.map((role) => role.name),
    endpoints: endpointsOf(group),
    deploys: group.roles.some((role) => role.deploys()),
    isMonitored: group.roles.some((role) => role.monitors()),
    after: waitsFor(definition, part, group),
    debian: releaseOf(provider, name) ?? debian,
    limits,
    volumes: volumesOf(group, part.settings),
    place: group.place,
  }))
}

/** copse itself comes in from the box, whoever else does. */
function operatorsOf({ settings, provider }: EnvironmentPart, gateway: string): readonly string[] {
  if (provider.provider === 'existing') return settings.operators ?? ['0.0.0.0/0']
  return [...new Set([gateway, ...(settings.operators ?? [])])]
}

/** Of a server that runs what it runs. */
function releaseOf(provider: ProviderSpec, host: string): DebianRelease | undefined {
  return provider.provider === 'existing'
    ? (provider.servers[host]?.debian ?? provider.defaults.debian)
    : undefined
}

/** Those of its roles, then its own. */
function volumesOf(
  { roles, settings }: Pick<Group, 'roles' | 'settings'>,
  { acme }: EnvironmentPart['settings'],
): readonly Volume[] {
  const all = [...roles.map((role) => role.volumes({ acme })), settings.volumes]
  return all.flatMap((volumes) => Object.entries(volumes).map(([name, path]) => ({ name, path })))
}

/** Groups become their hosts; hosts that the environment does not have are not waited for. */
function waitsFor({ groups }: Definition, part: EnvironmentPart, { settings }: Group): readonly string[] {
  const hosts = groups.flatMap((group) =>
    hostsOf(group, part).map((host) => ({ host: host.name, group: group.name })),
  )
  const named = settings.after.flatMap((word) =>
    hosts.filter(({ host, group }) => host === word || group === word).map(({ host }) => host),
  )
  return [...new Set(named)]
}
