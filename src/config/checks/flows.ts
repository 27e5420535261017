/** Flows lead from hosts that there are to endpoints that roles provide. */
import { outerDoors, outerNames } from '../../model/edge.ts'
import type { Flow } from '../../model/flow.ts'
import type { Definition, Group } from '../definition.ts'
import type { Origin, Problem } from '../problem.ts'
import { show, suggest } from '../words.ts'

export function checkFlows(definition: Definition): readonly Problem[] {
  return definition.flows.flatMap(({ from, to, place }) =>
    flowProblems(definition, { from, to }, { from: { place, path: [0] }, to: { place, path: [1] } }),
  )
}

/** What is wrong with one flow, whoever declared it. */
export function flowProblems(
  definition: Definition,
  { from, to }: Flow,
  origins: Readonly<Record<keyof Flow, Origin>>,
): readonly Problem[] {
  const known = selectors(definition)
  const sources = ['operators', 'internet', ...known]
  const problems: Problem[] = []
  if (!sources.includes(from))
    problems.push({
      message: `a flow comes from ${show(from)}, which is no host, group or role`,
      hint: suggest(String(from), sources),
      origin: origins.from,
    })
  const fault = targetFault(definition, String(to), known)
  return fault ? [...problems, { ...fault, origin: origins.to }] : problems
}

function targetFault(
  definition: Definition,
  to: string,
  known: readonly string[],
): Omit<Problem, 'origin'> | undefined {
  const [selector = '', endpoint, ...rest] = to.split('.')
  if (selector === 'internet' && endpoint !== undefined && rest.length === 0) return outerFault(to, endpoint)
  if (endpoint === undefined || rest.length > 0)
    return { message: `a flow leads to ${show(to)}; it must be a host, group or role, a dot and an endpoint` }
  if (!known.includes(selector))
    return {
      message: `a flow leads to ${show(to)}, but ${show(selector)} is no host, group or role`,
      hint: suggest(selector, known),
    }
  const groups = definition.groups.filter((group) => isSelected(group, selector))
  const endpoints = groups.flatMap((group) => endpointsOf(group, selector))
  if (groups.length === 0 || endpoints.includes(endpoint)) return undefined
  return {
    message: `a flow leads to ${show(to)}, but ${selector} has no endpoint ${show(endpoint)}`,
    hint: suggest(endpoint, [...new Set(endpoints)]),
  }
}

function outerFault(to: string, door: string): Omit<Problem, 'origin'> | undefined {
  if (outerDoors(door).length > 0) return undefined
  return {
    message: `a flow leads to ${show(to)}, but the internet has no endpoint ${show(door)}`,
    hint: `its endpoints: ${outerNames.join(', ')}`,
  }
}

/** All words that select hosts. */
function selectors({ named, groups }: Definition): readonly string[] {
  const roles = groups.flatMap((group) => group.roles.map(({ name }) => name))
  return [...new Set([...named.hosts, ...named.groups, ...roles])]
}

function isSelected({ name, hosts, roles }: Group, selector: string): boolean {
  return name === selector || [...hosts, ...roles].some((thing) => thing.name === selector)
}

/** A host or group has the endpoints of all its roles, a role its own. */
function endpointsOf(group: Group, selector: string): readonly string[] {
  const isWhole = group.name === selector || group.hosts.some((host) => host.name === selector)
  return group.roles
    .filter((role) => isWhole || role.name === selector)
    .flatMap((role) => Object.keys(role.endpoints()))
}
