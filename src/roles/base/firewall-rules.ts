/** The rules of one host for nftables: pure text from the flows of the definition. */
import { type Edge, type Endpoint, type Environment, edgesOf, endOf, type Host } from 'copse'

/** One table of copse's own, replaced in one piece; the way in comes first, and IPv6 stays closed but for its neighbours. */
export function rulesOf(environment: Environment, host: Host): string {
  const edges = edgesOf(environment)
  const isEntry = ({ from, endpoint }: Edge) => from === 'operators' && endpoint.name === 'ssh'
  const incoming = edges.filter(({ to }) => endOf(to) === host.name)
  const outgoing = edges.filter(({ from }) => endOf(from) === host.name)
  const entries = incoming.filter(isEntry).map((edge) => entry(environment, host, edge))
  const doors = incoming.filter((edge) => !isEntry(edge)).map((edge) => inward(environment, edge))
  return `# What may come in and go out here follows from the flows of the definition.
table inet copse
delete table inet copse
table inet copse {
${chain('input', [
  'iif "lo" accept',
  ...entries,
  'ct state established,related accept',
  'ct state invalid drop',
  'icmp type echo-request accept',
  'icmpv6 type { nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert, mld-listener-query } accept',
  ...new Set(doors),
  ...refusals(environment),
])}
${chain('output', [
  'oif "lo" accept',
  'ct state established,related accept',
  // Connections that were open before there were rules.
  'tcp flags & (syn | ack) != syn accept',
  'icmp type echo-request accept',
  'icmpv6 type { nd-router-solicit, nd-neighbor-solicit, nd-neighbor-advert, mld2-listener-report } accept',
  ...leases(environment),
  ...new Set(outgoing.map((edge) => outward(environment, edge))),
  // Whoever tries is told at once.
  'reject with icmpx type admin-prohibited',
])}
}
`
}

function chain(hook: 'input' | 'output', rules: readonly string[]): string {
  const head = `type filter hook ${hook} priority filter; policy drop;`
  return `  chain ${hook} {\n${[head, ...rules].map((line) => `    ${line}\n`).join('')}  }`
}

/** sshd may listen elsewhere, or behind a door that something else passes on. */
function entry(environment: Environment, { name }: Host, edge: Edge): string {
  const { provider } = environment
  const port =
    provider.provider === 'existing' ? (provider.servers[name]?.port ?? provider.defaults.port) : undefined
  const ports = [...new Set([edge.endpoint.port, ...(port === undefined ? [] : [port])])]
  return rule(sourceOf(environment, edge), `tcp dport { ${ports.join(', ')} }`, edge)
}

function inward(environment: Environment, edge: Edge): string {
  return rule(sourceOf(environment, edge), portOf(edge.endpoint), edge)
}

function outward({ hosts }: Environment, edge: Edge): string {
  const { to, endpoint } = edge
  const where = to === 'internet' ? `!= { ${hosts.map(({ address }) => address).join(', ')} }` : to.address
  return rule(`ip daddr ${where}`, portOf(endpoint), edge)
}

function rule(where: string, what: string, { from, endpoint: { role, name } }: Edge): string {
  const match = where === '' ? what : `${where} ${what}`
  return `${match} accept comment "${endOf(from)} to ${role}.${name}"`
}

function sourceOf({ operators, subnet }: Environment, { from, only }: Edge): string {
  if (from === 'internet') return only ? `ip saddr != ${subnet} ip saddr { ${only.join(', ')} }` : ''
  if (from !== 'operators') return `ip saddr ${from.address}`
  return operators.includes('0.0.0.0/0') ? '' : `ip saddr { ${operators.join(', ')} }`
}

function portOf({ protocol, port }: Endpoint): string {
  return `${protocol} dport ${port}`
}

/** Operators know what is there, and need not wait for silence to learn that a port is closed; everybody else gets none. */
function refusals({ operators }: Environment): readonly string[] {
  return operators.length === 0 || operators.includes('0.0.0.0/0')
    ? []
    : [`ip saddr { ${operators.join(', ')} } meta l4proto tcp reject with tcp reset`]
}

/** A server that copse did not make may have its address from a DHCP server, and renews it. */
function leases({ provider }: Environment): readonly string[] {
  return provider.provider === 'existing' ? ['udp sport 68 udp dport 67 accept'] : []
}
