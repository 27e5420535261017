/** `/etc/copse/environment.json`: what a host may know of the environment it lives in; nothing secret. */
import type { Environment } from 'copse'

/** Users' variables are left out: a value there may be meant for one role only. */
export function definitionJson({ ecosystem, name, domain, subnet, hosts }: Environment): string {
  const value = {
    version: 1,
    ecosystem,
    environment: name,
    domain,
    subnet,
    hosts: hosts.map((host) => ({
      name: host.name,
      machine: host.machine,
      fqdn: host.fqdn,
      address: host.address,
      names: host.names,
      roles: host.roles,
      endpoints: host.endpoints,
    })),
  }
  return `${JSON.stringify(value, null, 2)}\n`
}
