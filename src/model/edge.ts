/** Flows resolved to single hosts and doors: what firewalls, and probes of what is open, are derived from. Pure. */
import type { Endpoint, Environment, Host } from './environment.ts'
import type { Flow } from './flow.ts'

/** One source that may use one door. */
export interface Edge {
  readonly from: Host | 'operators' | 'internet'
  /** Of the internet, these IPv4 addresses and networks alone, as far as they are outside of the environment's subnet. */
  readonly only?: readonly string[]
  /** The host whose door it is; `internet` is every address that no host of the environment has. */
  readonly to: Host | 'internet'
  readonly endpoint: Endpoint
}

/** Roles of every host ask for them; environments never change. */
const known = new WeakMap<Environment, readonly Edge[]>()

/** Every edge of an environment, each once, in the order of its flows. */
export function edgesOf(environment: Environment): readonly Edge[] {
  const edges = known.get(environment) ?? resolveFlows(environment)
  known.set(environment, edges)
  return edges
}

function resolveFlows(environment: Environment): readonly Edge[] {
  const declared = environment.flows.flatMap((flow) => edgesOfFlow(environment, flow))
  const edges = [...declared, ...publishedEdges(environment)]
  const named = new Map(edges.map((edge) => [nameOf(edge), edge]))
  return [...named.values()]
}

function edgesOfFlow({ hosts }: Environment, { from, to }: Flow): readonly Edge[] {
  const [selector = '', endpoint = ''] = to.split('.')
  const sources: readonly Edge['from'][] =
    from === 'operators' || from === 'internet' ? [from] : hosts.filter((host) => isOf(host, from))
  const doors =
    selector === 'internet'
      ? outerDoors(endpoint).map((door) => ({ to: selector, endpoint: door }) as const)
      : hosts.flatMap((host) => doorsOf(host, selector, endpoint))
  return sources.flatMap((source) =>
    doors.filter((door) => door.to !== source).map((door) => ({ from: source, ...door })),
  )
}

/** Whoever comes in by a port of the box keeps their address, so that a host knows them. */
function publishedEdges({ hosts, publish }: Environment): readonly Edge[] {
  return publish.flatMap(({ host, endpoint, from }) =>
    hosts
      .filter(({ name }) => name === host)
      .map((to) => ({ from: 'internet', to, endpoint, ...(from.length > 0 && { only: from }) }) as const),
  )
}

/** Is it meant by the name of a host, a group or a role? */
function isOf({ name, group, roles }: Host, selector: string): boolean {
  return [name, group, ...roles].includes(selector)
}

/** A host or group has the doors of all its roles, a role its own. */
function doorsOf(host: Host, selector: string, endpoint: string) {
  const isWhole = host.name === selector || host.group === selector
  return host.endpoints
    .filter(({ name, role }) => name === endpoint && (isWhole || role === selector))
    .map((door) => ({ to: host, endpoint: door }))
}

function nameOf({ from, only = [], to, endpoint: { role, name, protocol } }: Edge): string {
  return [endOf(from), ...only, endOf(to), role, name, protocol].join(' ')
}

/** What an end of an edge is called. */
export function endOf(end: Edge['from'] | Edge['to']): string {
  return typeof end === 'string' ? end : end.name
}

const wellKnown = new Map<string, readonly Pick<Endpoint, 'port' | 'protocol'>[]>([
  [
    'dns',
    [
      { port: 53, protocol: 'udp' },
      { port: 53, protocol: 'tcp' },
    ],
  ],
  ['http', [{ port: 80, protocol: 'tcp' }]],
  ['https', [{ port: 443, protocol: 'tcp' }]],
  ['ntp', [{ port: 123, protocol: 'udp' }]],
])

/** Names of doors of the internet, for messages. */
export const outerNames: readonly string[] = [...wellKnown.keys(), 'tcp-PORT', 'udp-PORT']

/** The doors of the internet by name: `https`, or any port as `tcp-8443`; none for a name that means nothing. */
export function outerDoors(name: string): readonly Endpoint[] {
  const [, protocol, port] = /^(tcp|udp)-([1-9]\d{0,4})$/.exec(name) ?? []
  const own = protocol === 'tcp' || protocol === 'udp' ? [{ port: Number(port), protocol } as const] : []
  return (wellKnown.get(name) ?? own)
    .filter((door) => door.port <= 65_535)
    .map((door) => ({ name, role: 'internet', tls: false, ...door }))
}
