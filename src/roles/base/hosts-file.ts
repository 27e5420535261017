/** `/etc/hosts` from the definition: names that hold before any DNS server is up, and when all are down. */
import type { Environment, Host } from 'copse'
import { labelsOf } from '../names.ts'

/** The same text on every host of an environment. */
export function hostsFile(environment: Environment): string {
  return `127.0.0.1 localhost
::1 localhost ip6-localhost ip6-loopback
ff02::1 ip6-allnodes
ff02::2 ip6-allrouters

${environment.hosts.map((host) => entryOf(host, environment.domain)).join('\n')}
`
}

/** The first name is the canonical one, which `hostname -f` says. */
function entryOf(host: Host, domain: string): string {
  const names = labelsOf(host).flatMap((label) => [`${label}.${domain}`, label])
  return [host.address, ...names].join(' ')
}
