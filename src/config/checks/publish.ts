/** What is published leads from ports of a box, each used once, to doors that hosts have. */
import { type Definition, type EnvironmentPart, hostsOf, originOf } from '../definition.ts'
import type { Problem } from '../problem.ts'
import { doorsOf, endpointsOf, type PublishEntry, publishEntries, targetOf } from '../resolve-publish.ts'
import { show, suggest } from '../words.ts'
import { boxOf } from './boxes.ts'

export function checkPublish(definition: Definition): readonly Problem[] {
  return definition.environments.flatMap((environment, index) => {
    const entries = publishEntries(environment)
    if (entries.length > 0 && environment.provider.provider === 'existing')
      return [ownServers(definition, environment)]
    const before = definition.environments.slice(0, index)
    return entries.flatMap((entry) => {
      const fault = targetFault(definition, environment, entry) ?? takenFault(before, environment, entry)
      const origin = originOf(definition, 'environments', environment.name, 'publish', String(entry.port))
      return fault ? [{ ...fault, origin }] : []
    })
  })
}

type Fault = Omit<Problem, 'origin'>

function ownServers(definition: Definition, { name }: EnvironmentPart): Problem {
  return {
    message: `${name} publishes ports of a box, but its machines are servers of your own, on no box: each has its own address`,
    hint: 'leave publish out, and open a door by flow("internet", "lb.http")',
    origin: { ...originOf(definition, 'environments', name, 'publish'), isKey: true },
  }
}

function targetFault(
  { groups, named }: Definition,
  environment: EnvironmentPart,
  entry: PublishEntry,
): Fault | undefined {
  const { host, endpoint } = targetOf(entry)
  const what = `${environment.name} publishes port ${entry.port} to ${show(entry.to)}`
  const group = groups.find((one) => hostsOf(one, environment).some(({ name }) => name === host))
  if (!group) {
    const isLess = groups.some((one) => one.hosts.some(({ name }) => name === host))
    if (isLess) return { message: `${what}, but ${environment.name} counts fewer hosts of that group` }
    // A host whose entry is wrong itself is told of there.
    if (named.hosts.includes(host)) return undefined
    const known = groups.flatMap((one) => hostsOf(one, environment).map(({ name }) => name))
    return { message: `${what}, but ${show(host)} is no host`, hint: suggest(host, known) }
  }
  if (doorsOf(group, entry).length > 0) return undefined
  const names = endpointsOf(group).map(({ name, port }) => ({ name, port }))
  if (endpoint !== undefined)
    return {
      message: `${what}, but ${host} has no endpoint ${show(endpoint)}`,
      hint: suggest(
        endpoint,
        names.map(({ name }) => name),
      ),
    }
  return {
    message: `${what}, but ${host} has nothing at port ${entry.port}`,
    hint: `name one of its endpoints: ${names.map(({ name, port }) => `${show(`${host}.${name}`)} (${port})`).join(', ')}`,
  }
}

/** Whatever the protocol: people would take the two for one. */
function takenFault(
  before: readonly EnvironmentPart[],
  environment: EnvironmentPart,
  { port }: PublishEntry,
): Fault | undefined {
  const other = before
    .filter((one) => one.provider.provider === 'incus' && boxOf(one) === boxOf(environment))
    .find((one) => publishEntries(one).some((entry) => entry.port === port))
  return (
    other && {
      message: `${other.name} and ${environment.name} share a box, but both publish port ${port}`,
      hint: 'give one of them another port',
    }
  )
}
