/** Which probes cannot be green while something does not work, derived from the definition alone. Pure. */
import { z } from 'zod'
import type { App } from '../../../src/model/app.ts'
import type { DesiredHost } from '../../../src/model/desired.ts'
import type { Endpoint, Environment } from '../../../src/model/environment.ts'
import type { Probe } from '../../../src/model/probe.ts'

/** As `copse config` prints it. */
export interface Definition {
  readonly environment: Environment
  readonly hosts: readonly DesiredHost[]
}

/** The endpoints that one role has on one host. */
export interface Service {
  readonly host: string
  readonly role: string
  readonly endpoints: readonly Endpoint[]
}

/** Doors of a service behind which nobody gets what they came for. */
export interface Broken {
  readonly host: string
  readonly endpoints: readonly Endpoint[]
  /** Probes that notice when they ask there themselves; all, where it is absent. */
  readonly isNoticed?: (probe: Probe) => boolean
}

export function servicesOf({ hosts }: Environment): readonly Service[] {
  return hosts.flatMap(({ name, endpoints }) =>
    [...Map.groupBy(endpoints, ({ role }) => role)]
      // Without SSH nothing can be asked, which is told as such and not as red probes.
      .filter(([role]) => role !== 'base')
      .map(([role, own]) => ({ host: name, role, endpoints: own })),
  )
}

/** What is to be closed stays closed; only that somebody is refused can no longer be seen. */
export function needs(probe: Probe, definition: Definition, broken: Broken): boolean {
  const { environment } = definition
  const { isNoticed = () => true } = broken
  const address = addressOf(environment, broken.host)
  const doors = broken.endpoints.map(({ port }) => `${address}:${port}`)
  const isDirect = usedBy(probe, environment).some((door) => doors.includes(door))
  const isToAnswer = probe.expect === 'answers' || probe.kind === 'postgres'
  return (
    isToAnswer &&
    ((isDirect && isNoticed(probe)) ||
      needsApp(probe, environment, doors) ||
      needsRoute(probe, definition, doors))
  )
}

/** Is its page one that a balancer has from elsewhere by its name, where nobody gives it any more? */
function needsRoute({ kind, spec }: Probe, { environment, hosts }: Definition, doors: readonly string[]) {
  const { url = '' } = fields.parse(spec)
  if (kind !== 'http') return false
  const { hostname } = new URL(url)
  const route = routesOf(hosts).find(({ name }) => hostname === `${name}.${environment.domain}`)
  if (!route) return false
  const given = environment.hosts.flatMap(({ address, endpoints }) =>
    endpoints
      .filter(({ role, name }) => `${role}.${name}` === route.door)
      .map(({ port }) => `${address}:${port}`),
  )
  return given.every((door) => doors.includes(door))
}

/** Names that balancers lead to an endpoint: their back-ends are called `NAME.ROLE.ENDPOINT`. */
function routesOf(hosts: Definition['hosts']) {
  const texts = hosts.flatMap(({ resources }) =>
    resources.filter(({ key }) => key === '/etc/haproxy/haproxy.cfg').map(({ spec }) => JSON.stringify(spec)),
  )
  return texts.flatMap((text) =>
    [...text.matchAll(/backend ([\w-]+)\.([\w-]+\.[\w-]+)\\n/g)].map(([, name = '', door = '']) => ({
      name,
      door,
    })),
  )
}

/** Does somebody notice there that a certificate is of no use, or a password? */
export const notices = {
  expired: ({ kind, spec }: Probe) => kind !== 'tcp' && fields.parse(spec).as !== 'plain',
  locked: ({ kind, spec }: Probe) => kind === 'postgres' && fields.parse(spec).as === 'app',
}

/** What an app's page of health asks by itself, as examples/office/apps/README.md says; every other page asks all that the app uses. */
const healthAsks: Readonly<Record<string, readonly string[]>> = { repo: ['db.postgres'] }

/** Is its page one that an app gives, which needs what is broken? Behind a balancer one server that gives it is enough. */
function needsApp({ kind, spec }: Probe, environment: Environment, doors: readonly string[]): boolean {
  const { url = '', address } = fields.parse(spec)
  if (kind !== 'http') return false
  const { hostname, pathname, port } = new URL(url)
  const named = environment.apps.find(({ names = [] }) =>
    names.some((name) => hostname === `${name}.${environment.domain}`),
  )
  if (named) return !isGivenByAny(named, { environment, doors, path: pathname })
  const own = environment.hosts.find((host) => host.address === address)?.endpoints
  const role = own?.find((endpoint) => String(endpoint.port) === port)?.role
  const app = environment.apps.find(({ name }) => name === role)
  return app !== undefined && !hasAllFor(app, { environment, doors, path: pathname })
}

interface Asked {
  readonly environment: Environment
  readonly doors: readonly string[]
  readonly path: string
}

/** Does any of its processes that is well give that page? */
function isGivenByAny(app: App, asked: Asked): boolean {
  const { hosts } = asked.environment
  const isOpen = hosts.some(({ address, endpoints }) =>
    endpoints.some(({ role, port }) => role === app.name && !asked.doors.includes(`${address}:${port}`)),
  )
  return isOpen && [app.health, asked.path].every((path) => hasAllFor(app, { ...asked, path }))
}

/** Nobody waits for an answer of what is told by UDP. */
function hasAllFor(app: App, { environment, doors, path }: Asked): boolean {
  const isHealth = path === app.health
  const used = isHealth ? (healthAsks[app.name] ?? []) : app.uses
  const isReached = used.every((use) => {
    const [host, name] = use.split('.')
    const door = environment.hosts
      .find((one) => one.name === host)
      ?.endpoints.find((endpoint) => endpoint.name === name)
    return door?.protocol === 'udp' || !doors.includes(`${addressOf(environment, host ?? '')}:${door?.port}`)
  })
  const others = isHealth ? [] : environment.apps.filter((other) => isToldOf(app, other, environment))
  return (
    isReached &&
    others.every((other) => isGivenByAny(other, { environment, doors, path: other.checks[0] ?? '/' }))
  )
}

/** An app that uses another one is told where that is. */
function isToldOf(app: App, other: App, { domain }: Environment): boolean {
  const told = JSON.stringify(app.variables)
  return app !== other && (other.names ?? []).some((name) => told.includes(`//${name}.${domain}`))
}

function addressOf({ hosts }: Environment, host: string): string {
  const found = hosts.find(({ name }) => name === host)
  if (!found) throw new RangeError(`no host ${host}`)
  return found.address
}

const fields = z.looseObject({
  address: z.string().optional(),
  port: z.number().optional(),
  url: z.string().optional(),
  server: z.string().optional(),
  statsd: z.number().optional(),
  page: z.number().optional(),
  run: z.string().optional(),
  as: z.string().optional(),
})

/** The ports, `ADDRESS:PORT`, that a probe asks at, by what it was told. */
function usedBy(probe: Probe, { hosts }: Environment): readonly string[] {
  const { address, port, url, server, statsd, page, run } = fields.parse(probe.spec)
  const to = hosts.find(({ name }) => name === probe.to)
  const doorOfRole = (endpoint: string) =>
    (to?.endpoints ?? []).filter(({ name }) => name === endpoint).map((door) => `${to?.address}:${door.port}`)
  switch (probe.kind) {
    case 'http':
      return [`${address}:${portOf(new URL(url ?? ''))}`]
    case 'dns':
      return [`${server}:53`]
    case 'statsd':
      return [`${address}:${statsd}`, `${address}:${page}`, ...doorOfRole('carbon')]
    case 'postgres':
      return [`${hosts.find(({ fqdn }) => fqdn === server)?.address}:${port}`]
    case 'log-sent':
    case 'log-kept':
      return doorOfRole('journal')
    case 'ci':
      return doorOfRole('page')
    case 'command':
      return [...(run ?? '').matchAll(/[\w.]+:(\d+)\//g)].map(([, own]) => `${to?.address}:${own}`)
    default:
      return [`${address}:${port}`]
  }
}

function portOf({ port, protocol }: URL): string {
  return port || (protocol === 'https:' ? '443' : '80')
}
