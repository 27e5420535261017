/** Proves a host's doors: what flows declare answers, what they do not is closed. */
import { type Endpoint, type Environment, edgesOf, endOf, type Host, probe } from 'copse'

/** Asked from hosts and from the operator, who is one of the internet too. */
export function doorProbes(environment: Environment, host: Host) {
  return [...declared(environment, host), ...undeclared(environment, host)]
}

/** What others may reach of it. Whether its SSH server answers shows whenever copse goes in. */
function declared(environment: Environment, host: Host) {
  const ways = edgesOf(environment).flatMap(({ from, to, endpoint: { protocol, port } }) =>
    to !== 'internet' && to.name === host.name && protocol === 'tcp' && typeof from !== 'string'
      ? [{ from, port }]
      : [],
  )
  return ways.map(({ from, port }) => probe.tcp(host, port, { from: { host: from.name }, isFast: false }))
}

/** What it may not reach of others, and what the operator may not reach of it. */
function undeclared(environment: Environment, host: Host) {
  const edges = edgesOf(environment)
  const isOpen = (asker: Host | undefined, to: Host, { port }: Endpoint) =>
    edges.some(
      ({ from, only, to: other, endpoint: door }) =>
        only === undefined &&
        endOf(other) === to.name &&
        door.port === port &&
        door.protocol === 'tcp' &&
        (asker === undefined ? typeof from === 'string' : endOf(from) === asker.name),
    )
  const closedFor = (asker: Host | undefined, hosts: readonly Host[]) =>
    hosts.flatMap((to) =>
      to.endpoints
        .filter((endpoint) => endpoint.protocol === 'tcp' && !isOpen(asker, to, endpoint))
        .map(({ name, port }) => ({ name: `${to.name}.${name}`, address: to.address, port })),
    )
  const others = environment.hosts.filter(({ name }) => name !== host.name)
  return [
    { from: { host: host.name }, doors: closedFor(host, others) },
    { from: 'operator' as const, doors: closedFor(undefined, [host]) },
  ].flatMap(({ from, doors }) => (doors.length > 0 ? [probe.undeclared(host, doors, { from })] : []))
}
