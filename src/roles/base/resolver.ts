/** `/etc/resolv.conf`: the environment's own DNS servers first, the outer ones where those are down. */
import { type Environment, hostsWithRole } from 'copse'

/** The C library reads no more servers than this. */
const most = 3

/** Undefined where the definition knows no server: then the machine's own settings stay. */
export function resolvConf(environment: Environment): string | undefined {
  const { domain, resolvers } = environment
  const own = hostsWithRole(environment, 'dns').map(({ address }) => address)
  const servers = [...own.slice(0, most - Math.min(resolvers.length, 1)), ...resolvers].slice(0, most)
  if (servers.length === 0) return undefined
  return `${[
    `search ${domain}`,
    ...servers.map((server) => `nameserver ${server}`),
    'options timeout:1 attempts:2',
  ].join('\n')}\n`
}
