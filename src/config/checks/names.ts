/** Every name in an environment's zone belongs to one host, and fits into DNS. */
import { type Definition, type EnvironmentPart, type Group, hostsOf, originOf } from '../definition.ts'
import type { Origin, Problem } from '../problem.ts'

export function checkNames(definition: Definition): readonly Problem[] {
  return definition.environments.flatMap((environment) => {
    const claims = definition.groups.flatMap((group) => claimsOf(definition, environment, group))
    return [...shared(claims), ...tooLong(claims, environment)]
  })
}

/** A name in the zone and the host that it points at. */
interface Claim {
  readonly name: string
  readonly owner: string
  readonly origin: Origin
}

function claimsOf(definition: Definition, environment: EnvironmentPart, group: Group): readonly Claim[] {
  const key = { ...originOf(definition, 'hosts', group.name), isKey: true }
  const hosts = hostsOf(group, environment).map(({ name }) => name)
  const ownerOf = (...names: readonly string[]) => `${names.join(', ')} of hosts.${group.name}`
  return [
    ...hosts.flatMap((host) =>
      [host, `${environment.settings.prefix}${host}`].map((name) => ({
        name,
        owner: ownerOf(host),
        origin: key,
      })),
    ),
    ...group.settings.names.map((name, index) => ({
      name,
      owner: ownerOf(...hosts),
      origin: originOf(definition, 'hosts', group.name, 'names', index),
    })),
  ]
}

/** Further names of a group of several point at all of its hosts. Two owners are told of one name that they share. */
function shared(claims: readonly Claim[]): readonly Problem[] {
  const pairs = claims.flatMap((claim, index) => {
    const first = claims
      .slice(0, index)
      .find(({ name, owner }) => name === claim.name && owner !== claim.owner)
    return first ? [{ first: first.owner, claim }] : []
  })
  const told = Map.groupBy(pairs, ({ first, claim }) => `${first} ${claim.owner}`)
  return [...told.values()].flatMap(([pair]) => (pair ? [twice(pair.first, pair.claim)] : []))
}

function twice(first: string, { name, owner, origin }: Claim): Problem {
  return {
    message: `the name ${name} would point at ${first} and at ${owner}`,
    hint: 'a name belongs to one entry of hosts; to spread work over several, put it on a balancer',
    origin,
  }
}

function tooLong(claims: readonly Claim[], { settings }: EnvironmentPart): readonly Problem[] {
  return claims.flatMap(({ name, origin }) => {
    const full = `${name}.${settings.domain}`
    if (full.length > 253)
      return [
        { message: `a name of ${full.length} characters is too long for DNS, at most 253: ${full}`, origin },
      ]
    const label = name.split('.').find((part) => part.length > 63)
    if (label === undefined) return []
    const message = `the machine's name ${label} has ${label.length} characters, prefix included; DNS takes 63`
    return [{ message, origin }]
  })
}
