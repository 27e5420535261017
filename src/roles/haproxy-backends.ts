/** What a balancer sends requests to: the servers of its option `to`, and the apps that it knows by name. Pure. */
import { type App, type Environment, type Host, portsOf } from 'copse'

/** Servers that answer the same. */
export interface Backend {
  readonly name: string
  /** The app that they run. */
  readonly app?: string
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

interface Default {
  readonly to: string
  readonly health: string
}

/** The first one is the default: the servers of `to`, or where no host has that, the first app. */
export function backendsOf(
  environment: Environment,
  host: Host,
  { to, health }: Default,
): readonly [Backend, ...Backend[]] {
  const [first, ...others] = routedApps(environment, host).map((app) => appBackend(environment, host, app))
  const servers = serversOf(environment, to)
  if (servers.length === 0 && first) return [first, ...others]
  return [{ name: to, hosts: [], servers, health }, ...(first ? [first, ...others] : [])]
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

/** Every host that provides the endpoint. */
function serversOf({ hosts }: Environment, to: string): readonly Server[] {
  return hosts.flatMap(({ name, address, endpoints }) =>
    endpoints
      .filter((endpoint) => `${endpoint.role}.${endpoint.name}` === to)
      .map(({ port }) => ({ name, host: name, address, port })),
  )
}
