/** What a balancer sends requests to: the servers of its option `to`, and the apps that it knows by name. Pure. */
import { type App, type Environment, type Host, portsOf } from 'copse'

/** Servers that answer the same. */
export interface Backend {
  readonly name: string
  /** The app that they run. */
  readonly app?: string
  /** The name that leads there, where that is neither an app's nor the default. */
  readonly route?: string
  /** Names in full that lead there; what has none of any back-end's goes to the first one. */
  readonly hosts: readonly string[]
  readonly servers: readonly Server[]
  /** The path that a healthy server answers with 2xx or 3xx. */
  readonly health: string
}

/** One port of a host. */
export interface Server {
  readonly name: string
  /** By name. */
  readonly host: string
  readonly address: string
  readonly port: number
}

interface Led {
  readonly to: string
  readonly health: string
  /** Endpoints by names of the host. */
  readonly routes: Readonly<Record<string, string>>
}

/**
 * The first one is the default: the servers of `to`, or where no host has that, the first app. Throws RangeError for a route
 * whose name the host does not have.
 */
export function backendsOf(
  environment: Environment,
  host: Host,
  { to, health, routes }: Led,
): readonly [Backend, ...Backend[]] {
  const apps = routedApps(environment, host).map((app) => appBackend(environment, host, app))
  const named = Object.entries(routes).map(([name, door]) => routeBackend(environment, host, { name, door }))
  const servers = serversOf(environment, to)
  const [first, ...others] = apps
  if (servers.length === 0 && first) return [first, ...others, ...named]
  return [{ name: to, hosts: [], servers, health }, ...apps, ...named]
}

/** Backends that lose nothing while one of their servers is drained. */
export function drainable(backends: readonly Backend[]): readonly Backend[] {
  return backends.filter(({ route, servers }) => route === undefined || servers.length > 1)
}

/** No endpoint has two dots. */
function routeBackend(
  environment: Environment,
  host: Host,
  { name, door }: { readonly name: string; readonly door: string },
): Backend {
  if (!host.names.includes(name))
    throw new RangeError(`nobody finds the route ${name}: ${host.name} is to have it among its names`)
  return {
    name: `${name}.${door}`,
    route: name,
    hosts: [`${name}.${environment.domain}`],
    servers: serversOf(environment, door),
    health: '/',
  }
}

/** Apps that run anywhere and have a name of the host. */
export function routedApps({ apps }: Environment, host: Host): readonly App[] {
  return apps.filter((app) => app.hosts.length > 0 && namesAt(app, host).length > 0)
}

/** Without the domain. */
export function namesAt({ names }: App, host: Host): readonly string[] {
  return names.filter((name) => host.names.includes(name))
}

/** No app can be named like `to`, which has a dot. */
function appBackend({ hosts, domain }: Environment, host: Host, app: App): Backend {
  return {
    name: app.name,
    app: app.name,
    hosts: namesAt(app, host).map((name) => `${name}.${domain}`),
    servers: hosts
      .filter(({ name }) => app.hosts.includes(name))
      .flatMap(({ name, address }) =>
        portsOf(app).map((port, index) => ({ name: serverName(name, index), host: name, address, port })),
      ),
    health: app.health,
  }
}

/** `web1`, `web1.2`, `web1.3`: no host has a dot in its name. */
function serverName(host: string, index: number): string {
  return index === 0 ? host : `${host}.${index + 1}`
}

/** The same server as it stands behind all others: nobody asks for its health. */
export function lastResort(server: string): string {
  return `${server}.last`
}

/** Every host that provides the endpoint. */
function serversOf({ hosts }: Environment, to: string): readonly Server[] {
  return hosts.flatMap(({ name, address, endpoints }) =>
    endpoints
      .filter((endpoint) => `${endpoint.role}.${endpoint.name}` === to)
      .map(({ port }) => ({ name, host: name, address, port })),
  )
}
