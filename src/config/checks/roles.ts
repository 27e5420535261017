/** Roles have good options, stand once on a host, and open doors that no other role of the host opens. */
import type { Port, Role } from '../../model/role.ts'
import type { Definition, Group } from '../definition.ts'
import type { Origin, Problem } from '../problem.ts'
import { name as nameSchema } from '../schema-words.ts'
import { show, showPath } from '../words.ts'

export function checkRoles(definition: Definition): readonly Problem[] {
  const problems = definition.groups.flatMap((group) => [
    ...group.roles.flatMap(optionProblems),
    ...group.roles.flatMap(badNames),
    ...repeated(group),
    ...sharedPorts(group),
  ])
  return [...problems, ...tooOften(definition)]
}

/** Roles of which an environment has one. The same one twice on a host is told as such. */
function tooOften({ groups }: Definition): readonly Problem[] {
  const holders = groups.flatMap(({ roles, hosts }) =>
    roles.filter(({ isSingle }) => isSingle).flatMap((role) => hosts.map(({ name }) => ({ role, name }))),
  )
  return holders.flatMap(({ role, name }, index): readonly Problem[] => {
    const first = holders.slice(0, index).find((other) => other.role.name === role.name)
    if (!first || first.name === name) return []
    const message = `${first.name} and ${name} both have the role ${role.name}; only one host may`
    return [{ message, origin: callOf(role) }]
  })
}

function callOf(role: Role): Origin {
  return { place: role.place, path: [] }
}

function optionProblems(role: Role): readonly Problem[] {
  return role.problems.map(({ path, message }) => ({
    message: path.length === 0 ? `${role.name}: ${message}` : `${role.name}: ${showPath(path)}: ${message}`,
    origin: { place: role.place, path: [0, ...path] },
  }))
}

function badNames(role: Role): readonly Problem[] {
  return [role.name, ...Object.keys(role.endpoints())]
    .filter((name) => !nameSchema.safeParse(name).success)
    .map((name) => ({
      message: `${show(name)} cannot be the name of a role or an endpoint: lower-case letters, digits and hyphens`,
      origin: callOf(role),
    }))
}

function repeated({ name, roles }: Group): readonly Problem[] {
  return roles
    .filter((role, index) => roles.findIndex((other) => other.name === role.name) !== index)
    .map((role) => ({ message: `${name} has the role ${role.name} twice`, origin: callOf(role) }))
}

function sharedPorts({ name, roles }: Group): readonly Problem[] {
  const doors = roles.flatMap((role) =>
    Object.entries(role.endpoints()).map(([endpoint, port]) => ({
      role,
      title: `${role.name}.${endpoint}`,
      port,
    })),
  )
  return doors.flatMap(({ role, title, port }, index): readonly Problem[] => {
    const origin = callOf(role)
    if (!isPort(port))
      return [{ message: `${title} has the port ${port.port}; ports are 1 to 65535`, origin }]
    const first = doors
      .slice(0, index)
      .find((door) => isSame(door.port, port) && !isRepeated(door.role, role))
    if (!first) return []
    const message = `on ${name}, ${first.title} and ${title} both use port ${port.port}/${port.protocol}`
    return [{ message, hint: 'move one of the roles to another host, or give it another port', origin }]
  })
}

function isPort({ port }: Port): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65_535
}

/** The same role twice is told as such. */
function isRepeated(a: Role, b: Role): boolean {
  return a !== b && a.name === b.name
}

function isSame(a: Port, b: Port): boolean {
  return a.port === b.port && a.protocol === b.protocol
}
