/** One environment, resolved: names, addresses and settings that roles, providers and probes read. Pure data. */
import type { App } from './app.ts'
import type { Flow } from './flow.ts'
import type { Place } from './place.ts'
import type { ProviderSpec } from './provider.ts'
import type { SecretReference } from './secret.ts'

/** Releases of Debian that guests can run. */
export type DebianRelease = 12 | 13

/** Where an ecosystem is made real. */
export interface Environment {
  /** The ecosystem's name, the same in all its environments. */
  readonly ecosystem: string
  readonly name: string
  /** Put before each host's name to name its machine: `dev` + `web1`. */
  readonly prefix: string
  /** The DNS zone of the hosts, without a trailing dot. */
  readonly domain: string
  /** `a.b.c.d/n`. */
  readonly subnet: string
  /** The LAN's way out: the subnet's first address. */
  readonly gateway: string
  /** DNS servers for names outside the domain, in order; the gateway on a box. */
  readonly resolvers: readonly string[]
  /** Where operators come from: IPv4 addresses or networks; `0.0.0.0/0` is anywhere. */
  readonly operators: readonly string[]
  /** The user's own settings of this environment, for roles to read. */
  readonly variables: Readonly<Record<string, string | number | boolean>>
  /** Asks for its name to be typed before anything is changed. */
  readonly protected: boolean
  /** Where the values of its secrets are kept: by the operator, or in the repository beside the config. */
  readonly secrets: 'local' | 'repo'
  readonly alert?: Alert | undefined
  /** Who certifies the public names of its balancers; its own authority where it is absent. */
  readonly acme?: Acme | undefined
  /** Where green builds of branches go, by branch; undefined: nowhere. */
  readonly promotes?: Readonly<Record<string, Promotion>> | undefined
  /** Public keys of those who may hand builds in; undefined: nobody may. */
  readonly accepts?: readonly string[] | undefined
  readonly provider: ProviderSpec
  readonly hosts: readonly Host[]
  readonly apps: readonly App[]
  readonly flows: readonly Flow[]
  /** Ports of the box that lead to hosts. */
  readonly publish: readonly Publication[]
  readonly people: readonly Person[]
}

/** A port of the box's own address, and the door of a host that it leads to. */
export interface Publication {
  readonly port: number
  readonly protocol: Endpoint['protocol']
  /** By name. */
  readonly host: string
  readonly endpoint: Endpoint
  /** IPv4 addresses or networks that alone may use it; none: anybody. */
  readonly from: readonly string[]
}

/** A certificate authority that speaks ACME (RFC 8555), and who asks it. */
export interface Acme {
  /** Where it writes to about certificates that end. */
  readonly email: string
  /** Its directory's URL. */
  readonly directory: string
  /** The certificate that the directory's own https is verified by, as PEM; undefined: by what Debian trusts. */
  readonly authority?: string | undefined
}

/** The CI host of another environment. */
export interface Promotion {
  /** An IPv4 address or a DNS name. */
  readonly address: string
  readonly port: number
  /** As in known_hosts, without a name. */
  readonly hostKey: string
}

/** Who is told when a probe goes red, and when it is green again. */
export interface Alert {
  /** An address that a JSON object is posted to. */
  readonly webhook?: string | SecretReference | undefined
  /** A program and its arguments, or a line of POSIX sh. */
  readonly command?: string | readonly string[] | undefined
  readonly mail?: MailAlert | undefined
}

/** A letter for each, as plain text. */
export interface MailAlert {
  /** The server that takes it: `smtp://mail.office.example:25`, which TLS is used with where it offers it, or `smtps://`. */
  readonly server: string
  readonly from: string
  readonly to: readonly string[]
  /** Shown to the server, which then must speak TLS. */
  readonly login?: { readonly user: string; readonly password: SecretReference } | undefined
}

/** A server by its role in the definition. */
export interface Host {
  /** `web1`: the same in every environment. */
  readonly name: string
  /** The key in the config's `hosts`: `web` for `web1` and `web2`. */
  readonly group: string
  /** The machine's own hostname: prefix and name, `devweb1`. */
  readonly machine: string
  /** `devweb1.office.internal`. */
  readonly fqdn: string
  /** IPv4 address on the LAN. */
  readonly address: string
  /** Further names in the zone, without the domain: `www`. */
  readonly names: readonly string[]
  /** Apps among them. */
  readonly roles: readonly string[]
  readonly endpoints: readonly Endpoint[]
  /** It asks its probes by itself, where there is anybody to tell. */
  readonly isMonitored?: boolean | undefined
  /** It rolls apps out by itself, where there are any. */
  readonly deploys?: boolean | undefined
  /** Hosts whose changes must have ended first, by name. */
  readonly after: readonly string[]
  readonly debian: DebianRelease
  readonly limits: Limits
  /** Where its data is. */
  readonly volumes: readonly Volume[]
  readonly place: Place
}

/** A directory whose content outlives its machine. */
export interface Volume {
  /** Unique on its host. */
  readonly name: string
  /** Absolute. */
  readonly path: string
}

/** What a machine may use of its box. */
export interface Limits {
  /** CPU cores, 1 or more; no limit when absent. */
  readonly cpu?: number | undefined
  /** Memory in MiB; no limit when absent. */
  readonly memory?: number | undefined
}

/** A named door that a role provides. */
export interface Endpoint {
  readonly name: string
  readonly role: string
  readonly port: number
  readonly protocol: 'tcp' | 'udp'
  readonly tls: boolean
}

/** Somebody whose keys open hosts. */
export interface Person {
  readonly name: string
  /** Public keys as in authorized_keys. */
  readonly keys: readonly string[]
  /** Who reads the secrets of the environment, as age names recipients. */
  readonly recipients?: readonly string[]
}

/** The hosts that carry a role, in the definition's order. */
export function hostsWithRole(environment: Environment, role: string): readonly Host[] {
  return environment.hosts.filter((host) => host.roles.includes(role))
}
