/** The environment's DNS server: Unbound speaks for its zone and the reverse zone, and resolves for its LAN. */
import {
  defineRole,
  directory,
  type Environment,
  file,
  type Host,
  mask,
  pkgs,
  probe,
  type RoleInput,
  tcp,
  udp,
  unit,
  z,
} from 'copse'
import { unboundConf, zonePath } from './unbound.ts'
import { nameRecords, type Zone, zonesOf } from './zone.ts'

const options = z.strictObject({
  /** Servers for names outside the domain. Default: the environment's resolvers; with none, Unbound asks the root. */
  forward: z.array(z.ipv4()).optional(),
  /** Check signatures. Behind a forwarder that cannot answer for keys every name would fail. */
  dnssec: z.boolean().default(false),
  /** Networks besides the LAN that may ask. */
  clients: z.array(z.cidrv4()).default([]),
})

type Input = RoleInput<z.output<typeof options>>

const confPath = '/etc/unbound/unbound.conf'

/** Names for every host, from the one definition. */
export const dns = defineRole({
  name: 'dns',
  options,
  endpoints: () => ({ dns: udp(53), 'dns-tcp': tcp(53) }),
  secrets: ['/etc/unbound/unbound_*.key', '/etc/unbound/unbound_*.pem'],
  resources,
  flows: ({ host: { name } }) =>
    ['dns', 'dns-tcp'].map((endpoint) => ({ from: 'operators', to: `${name}.${endpoint}` })),
  probes: ({ environment, host }) => [
    probe.unit(host, 'unbound'),
    ...nameProbes(environment, host),
    // Unbound's control port: here it listens on a socket file only.
    probe.tcp(host, 8953, { from: { host: host.name }, expect: 'closed' }),
    probe.dns(host, { name: `copse-none.${environment.domain}`, status: 'NXDOMAIN', authoritative: true }),
  ],
})

function resources({ environment, host, options }: Input) {
  const zones = zonesOf(environment)
  const conf = unboundConf({
    address: host.address,
    clients: [environment.subnet, ...options.clients],
    forward: options.forward ?? environment.resolvers,
    dnssec: options.dnssec,
    zones: zones.map(({ name }) => name),
  })
  return [
    // Without the root's keys Unbound's own start script would fail, and so would validation.
    pkgs('unbound', 'dns-root-data'),
    // Where resolvconf is installed, this unit would name the server in /etc/resolv.conf by itself.
    mask('unbound-resolvconf'),
    directory('/etc/unbound/zones'),
    zones.map(zoneFile),
    file(confPath, { content: conf, validate: 'unbound-checkconf %s' }),
    unit('unbound', { restartOn: [confPath], reloadOn: zones.map(({ name }) => zonePath(name)) }),
  ]
}

/** A zone is checked by a configuration that holds nothing else. */
function zoneFile({ name, text }: Zone) {
  const conf = `server:\\n chroot: ""\\nauth-zone:\\n name: "${name}."\\n zonefile: "%s"\\n`
  return file(zonePath(name), {
    content: text,
    validate: `printf '${conf}' >zone.conf && unbound-checkconf zone.conf`,
  })
}

/** All names and addresses, asked by the operator and by another host. */
function nameProbes(environment: Environment, host: Host) {
  const other = environment.hosts.find(({ roles }) => !roles.includes('dns'))
  const vantages = ['operator' as const, ...(other ? [{ host: other.name }] : [])]
  const questions = [
    ...addressesByName(environment).map(([name, want]) => ({ name, want })),
    ...environment.hosts.map(({ address, fqdn }) => ({ name: address, type: 'PTR' as const, want: [fqdn] })),
  ]
  // From the host only the way there is new: where nothing changed it is not asked again.
  return vantages.flatMap((from) =>
    questions.map((question) =>
      probe.dns(host, { ...question, authoritative: true, from, isFast: from === 'operator' }),
    ),
  )
}

/** Two hosts may share a name, which then has both addresses. */
function addressesByName(environment: Environment): readonly (readonly [string, readonly string[]])[] {
  const groups = Map.groupBy(nameRecords(environment), ({ name }) => name)
  return [...groups].map(([name, records]) => [name, records.map(({ address }) => address)] as const)
}
