/** Makes the apps of one environment: their hosts, what they use, and what their processes find. */
import type { App, AppProcess } from '../model/app.ts'
import type { Endpoint, Environment, Host } from '../model/environment.ts'
import type { SecretText, SecretTextValue } from '../model/secret.ts'
import { secretText } from '../resources/secret-text.ts'
import { type Accepted, accept } from './accept.ts'
import { folderOf, type Variable } from './app.ts'
import { attempt } from './attempt.ts'
import type { AppPart, Definition } from './definition.ts'
import { variables } from './schema-app.ts'

/** The environment with its apps; `resolved` has all but those. */
export function withApps(definition: Definition, resolved: Environment): Accepted<Environment> {
  const apps = definition.apps.map((part) => ({ part, own: ownVariables(part, resolved) }))
  return {
    value: {
      ...resolved,
      apps: apps.map(({ part, own }) => resolveApp(definition, { part, own: own.value ?? {} }, resolved)),
    },
    problems: apps.flatMap(({ own }) => own.problems),
  }
}

/** Functions of the environment are called; what they return may be anything. */
function ownVariables(
  { name, place, settings }: AppPart,
  environment: Environment,
): Accepted<Readonly<Record<string, Variable>>> {
  const { variables: own } = settings
  if (typeof own !== 'function') return { value: own, problems: [] }
  const made = attempt(name, place, () => own({ environment }))
  if (made.problems.length > 0) return made
  return accept(variables, {
    value: made.value,
    origin: { place, path: [] },
    called: [`the variables of ${name}`],
  })
}

interface Part {
  readonly part: AppPart
  readonly own: Readonly<Record<string, Variable>>
}

function resolveApp(definition: Definition, { part, own }: Part, environment: Environment): App {
  const { name, place, settings, port } = part
  const uses = settings.uses.flatMap((word) => useOf(definition, { app: name, word }, environment) ?? [])
  const { assets } = settings
  const found = Object.assign({}, ...uses.map(({ variables }) => variables))
  const url = assets ? { ASSETS_URL: `//${assets.name}.${environment.domain}/${name}` } : {}
  return {
    name,
    hosts: environment.hosts.filter(({ roles }) => roles.includes(name)).map((host) => host.name),
    source: { folder: folderOf(settings.source, place), ref: settings.ref },
    build: settings.build,
    test: settings.test,
    migrate: settings.migrate,
    processes: processesOf(part),
    port,
    health: settings.health,
    checks: settings.checks,
    memory: settings.memory,
    drain: settings.drain,
    names: part.names,
    assets,
    uses: [...new Set(uses.map(({ to }) => to))],
    variables: Object.fromEntries(
      Object.entries<Variable>({ ...url, ...found, ...own }).map(([key, value]) => [key, textOf(value)]),
    ),
  }
}

/** `web` first. */
export function processesOf({ settings }: Pick<AppPart, 'settings'>): readonly AppProcess[] {
  const all = Object.entries(settings.processes).map(([name, process]) => ({ name, ...process }))
  return all.toSorted((a, b) => Number(b.name === 'web') - Number(a.name === 'web'))
}

function textOf(value: Variable): SecretText {
  return secretText`${typeof value === 'boolean' ? String(value) : value}`
}

/** What an app gets for one word of its `uses`. */
interface Found {
  /** As flows name it. */
  readonly to: string
  readonly variables: Readonly<Record<string, SecretTextValue>>
}

/** Undefined for what is not there, which the checks tell of. */
function useOf(
  definition: Definition,
  { app, word }: { readonly app: string; readonly word: string },
  environment: Environment,
): Found | undefined {
  const other = definition.apps.find(({ name }) => name === word)
  if (other) return appUse(other, environment)
  const door = doorOf(definition, word, environment.hosts)
  if (!door) return undefined
  const { host, endpoint } = door
  const group = definition.groups.find(({ name }) => name === host.group)
  const role = group?.roles.find(({ name }) => name === endpoint.role)
  return role && { to: `${host.name}.${endpoint.name}`, variables: role.offers({ app, host, endpoint }) }
}

/** Another app is asked through a balancer, so that it may be changed meanwhile: over TLS where that is offered. */
function appUse({ name, names }: AppPart, { hosts, domain }: Environment): Found | undefined {
  const front = hosts.find(
    (host) => host.roles.includes('balancer') && names.some((one) => host.names.includes(one)),
  )
  const known = names.find((one) => front?.names.includes(one))
  const doors = front?.endpoints.filter(({ role }) => role === 'balancer') ?? []
  const door = doors.find(({ name }) => name === 'https') ?? doors.find(({ name }) => name === 'http')
  if (!front || !door) return undefined
  const standard = door.tls ? 443 : 80
  const url = `${door.name}://${known}.${domain}${door.port === standard ? '' : `:${door.port}`}`
  const variable = `${name.replaceAll('-', '_').toUpperCase()}_URL`
  return { to: `${front.name}.${door.name}`, variables: { [variable]: url } }
}

/** The first host's that has an endpoint of the name; those of apps are reached through balancers. */
function doorOf(
  { apps }: Definition,
  word: string,
  hosts: readonly Host[],
): { readonly host: Host; readonly endpoint: Endpoint } | undefined {
  const [name = '', role] = word.split('.').reverse()
  const isMeant = (endpoint: Endpoint) =>
    endpoint.name === name &&
    (role === undefined || endpoint.role === role) &&
    !apps.some((app) => app.name === endpoint.role)
  for (const host of hosts) {
    const endpoint = host.endpoints.find(isMeant)
    if (endpoint) return { host, endpoint }
  }
  return undefined
}
