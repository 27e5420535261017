/** Certificates by ACME need a balancer with public names, at which the authority can ask http. */
import { type Definition, type EnvironmentPart, type Group, hostsOf, originOf } from '../definition.ts'
import type { Problem } from '../problem.ts'
import { doorsOf, publishEntries, targetOf } from '../resolve-publish.ts'
import { letsEncrypt } from '../schema-acme.ts'
import { show } from '../words.ts'

/** Top-level domains that are nobody's on the internet (RFC 6761, 6762 and 8375; ICANN reserved `internal`). */
const unheard = /(?:^|\.)(?:internal|local|localhost|test|invalid|home\.arpa)$/

type Fault = Omit<Problem, 'origin'>

export function checkAcme(definition: Definition): readonly Problem[] {
  return definition.environments
    .filter(({ settings }) => settings.acme)
    .flatMap((environment) => {
      const origin = originOf(definition, 'environments', environment.name, 'acme')
      return faultsOf(definition, environment).map((fault) => ({ ...fault, origin }))
    })
}

function faultsOf(definition: Definition, environment: EnvironmentPart): readonly Fault[] {
  const { name, settings } = environment
  if (settings.acme?.directory === letsEncrypt && unheard.test(settings.domain))
    return [
      {
        message: `environments.${name}.acme asks Let's Encrypt, which certifies no name of ${settings.domain}: that is no public domain`,
        hint: 'leave acme out, or name the directory of an authority of your own',
      },
    ]
  const balancers = definition.groups.filter(
    (group) => hostsOf(group, environment).length > 0 && doorOf(group, 'https'),
  )
  if (balancers.length === 0)
    return [
      {
        message: `environments.${name}.acme needs a host with the role balancer and https, whose names are certified`,
        hint: 'give a host the role balancer()',
      },
    ]
  return balancers.flatMap((group) => balancerFault(definition, environment, group) ?? [])
}

function balancerFault({ flows }: Definition, environment: EnvironmentPart, group: Group): Fault | undefined {
  const what = `environments.${environment.name}.acme`
  const [host, ...others] = hostsOf(group, environment).map(({ name }) => name)
  if (host === undefined) return undefined
  if (others.length > 0)
    return {
      message: `${what} needs one balancer for its names, but ${group.name} has ${[host, ...others].join(', ')}: the authority may ask another one than it was asked by`,
      hint: `counts: { ${group.name}: 1 }, or a group of its own for each`,
    }
  if (!group.settings.names.some((name) => name !== host))
    return {
      message: `${what} has nothing to ask for: ${host} has no further names, which are the public ones`,
      hint: `names: ['www'] at hosts.${group.name}`,
    }
  const isDoor = (to: string) => [host, group.name, 'balancer'].some((selector) => to === `${selector}.http`)
  const isOpen = flows.some(({ from, to }) => from === 'internet' && isDoor(String(to)))
  if (isOpen || isPublished(environment, group, host)) return undefined
  const flow = `flow("internet", ${show(`${host}.http`)})`
  return {
    message: `${what} needs port 80 of ${host} open to the internet: there the authority asks for each name`,
    hint:
      environment.provider.provider === 'existing'
        ? `open it by ${flow}`
        : `publish: { 80: ${show(host)}, 443: ${show(host)} }, or ${flow} where something else leads there`,
  }
}

/** To anybody: authorities ask from addresses that they do not tell. */
function isPublished(environment: EnvironmentPart, group: Group, host: string): boolean {
  return publishEntries(environment).some(
    (entry) =>
      entry.port === 80 &&
      entry.from.length === 0 &&
      targetOf(entry).host === host &&
      doorsOf(group, entry).some(({ role, name }) => role === 'balancer' && name === 'http'),
  )
}

function doorOf({ roles }: Group, door: string): boolean {
  return roles.some((role) => role.name === 'balancer' && door in role.endpoints())
}
