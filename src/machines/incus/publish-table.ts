/**
 * The nft table that leads ports of a box to hosts of one environment. Hosts see who asks: an engine's own proxies hide that
 * from them, and neither those nor its network forwards can tell one source from another, or follow an address that changes.
 */
import { sha256 } from '../../lib/digest.ts'
import type { Environment, Publication } from '../../model/environment.ts'
import { bridgeName } from './names.ts'

/** The tables of all environments, of whichever engine and checkout, begin so. */
const tablePrefix = 'copse_publish_'

/** The name of an environment's table in the family `ip`. */
export function publishTable(owner: string): string {
  return `${tablePrefix}${owner.slice(0, 8)}`
}

/** The tables of environments among what `nft list tables ip` prints. */
export function publishTables(listed: string): readonly string[] {
  return [...listed.matchAll(/^table ip (\S+)$/gm)]
    .flatMap(([, name = '']) => name)
    .filter((name) => name.startsWith(tablePrefix))
}

/** An environment, and the owner that its bridge and its table are named after. */
export interface Published {
  readonly environment: Environment
  readonly owner: string
}

/** Says of a published port what it is and whose, for whoever lists the table: `80/tcp 1f2e3d4c dev of office`. */
export function markOf(published: Published, publication: Publication): string {
  const { name, ecosystem } = published.environment
  const digest = sha256(`${ruleOf(published, publication)}\n${guard(published)}`).slice(0, 8)
  // nft takes 128 characters at most.
  return `${portOf(publication)} ${digest} ${`${name} of ${ecosystem}`.slice(0, 90)}`
}

/** `80/tcp`. */
export function portOf({ port, protocol }: Pick<Publication, 'port' | 'protocol'>): string {
  return `${port}/${protocol}`
}

/** The port and the environment of a mark. */
export function readMark(mark: string): { readonly port: string; readonly whose: string } {
  const [port = '', , ...whose] = mark.split(' ')
  return { port, whose: whose.join(' ') }
}

/** What makes nft replace the table in one step; without anything to publish there is none. */
export function publishScript(published: Published, publications: readonly Publication[]): string {
  const table = `table ip ${publishTable(published.owner)}`
  // Naming it first lets the deletion succeed where there is none.
  const drop = `${table}\ndelete ${table}\n`
  if (publications.length === 0) return drop
  const rules = publications.map((one) => `${ruleOf(published, one)} comment "${markOf(published, one)}"`)
  // An engine masquerades what comes from a bridge: to a host it would be the gateway, which operators come from.
  const incoming = ['type nat hook prerouting priority -105;', 'iifname "copse*" return', ...rules]
  const local = `ip daddr { 127.0.0.0/8, ${published.environment.subnet} } return`
  const own = ['type nat hook output priority -105;', local, ...rules]
  return `${drop}${table} {
${chain('incoming', incoming)}
${chain('own', own)}
${guard(published)}
}
`
}

/** Whichever address the box has now, and has later. */
function ruleOf({ environment }: Published, { port, protocol, host, endpoint, from }: Publication): string {
  const address = environment.hosts.find(({ name }) => name === host)?.address ?? ''
  const source = from.length > 0 ? `ip saddr { ${from.join(', ')} } ` : ''
  return `${source}fib daddr type local ${protocol} dport ${port} dnat to ${address}:${endpoint.port}`
}

/** Whoever has a route through the box to the hosts reaches no more by it than by the box's own address; operators reach SSH. */
function guard({ environment: { operators, gateway }, owner }: Published): string {
  const bridge = bridgeName(owner)
  const others = operators.filter((operator) => operator !== gateway)
  const source = others.includes('0.0.0.0/0') ? '' : `ip saddr { ${others.join(', ')} } `
  return chain('others', [
    'type filter hook forward priority -5;',
    `oifname != "${bridge}" return`,
    `iifname "${bridge}" return`,
    'ct state established,related return',
    'ct status dnat return',
    ...(others.length > 0 ? [`${source}tcp dport 22 return`] : []),
    `drop comment "${nothingElse}"`,
  ])
}

const nothingElse = 'what is not published'

function chain(name: string, lines: readonly string[]): string {
  return `  chain ${name} {\n${lines.map((line) => `    ${line}\n`).join('')}  }`
}

/** The marks of what a listed table publishes whole: to others, to the box itself, and with nothing else open. */
export function marksIn(listed: string): readonly string[] {
  if (!listed.includes(`drop comment "${nothingElse}"`)) return []
  const [incoming = '', own = ''] = listed.split('chain own')
  const read = (text: string) =>
    [...text.matchAll(/ dnat to .* comment "([^"]*)"/g)].map(([, mark = '']) => mark)
  const again = read(own)
  return read(incoming).filter((mark) => again.includes(mark))
}
