/** `defineEcosystem` and the types that an editor completes and explains in a config file. */
import type { DebianRelease, Environment, Host, Limits, MailAlert } from '../model/environment.ts'
import { callSite, type Place } from '../model/place.ts'
import type { Probe } from '../model/probe.ts'
import type { ResourceList } from '../model/resource.ts'
import type { Role } from '../model/role.ts'
import type { SecretReference } from '../model/secret.ts'
import type { AllowanceDefinition } from './allow.ts'
import type { AppDefinition } from './app.ts'
import type { FlowDefinition } from './flow.ts'
import type { Machines } from './providers.ts'

/** Everything that one config file describes. */
export interface EcosystemDefinition<
  Group extends string,
  EnvironmentName extends string,
  AppName extends string = string,
> {
  /** The whole's own name, such as `office`: lower-case letters, digits and hyphens. */
  readonly name: string
  /** The places where it is made real, by the name that commands take: `copse up dev`. */
  readonly environments: Readonly<Record<EnvironmentName, EnvironmentDefinition<NoInfer<Group>>>>
  /** The servers, by what they are; the same in every environment. */
  readonly hosts: Readonly<Record<Group, HostDefinition<NoInfer<Group>, NoInfer<AppName>>>>
  /** Software of your own, by name; hosts list what they run. */
  readonly apps?: Readonly<Record<AppName, AppDefinition>>
  /** Who may use which endpoint, besides what roles declare themselves. */
  readonly flows?: readonly FlowDefinition[]
  /** Whose keys open hosts. */
  readonly people?: readonly PersonDefinition<NoInfer<EnvironmentName>>[]
  /** Differences between any two environments that are meant to be: `[allow('why', { fact: 'unit', key: 'x.service' })]`. */
  readonly differences?: readonly AllowanceDefinition[]
}

/** One environment: all that may differ between development, staging and production. */
export interface EnvironmentDefinition<Group extends string = string> {
  /** Where machines come from: `incus({ box: 'local' })` or `existing({ user: 'ops' })`. */
  readonly machines: Machines
  /** The LAN's IPv4 network, `10.61.0.0/24`, from /16 to /28; its first address is the gateway. */
  readonly subnet: string
  /** The DNS zone of the hosts: `office.internal`. */
  readonly domain: string
  /** Put before each host's name to name its machine: `dev` makes `devweb1`. Default: nothing. */
  readonly prefix?: string
  /** IPv4 addresses of DNS servers for names outside the domain. Default: the gateway for incus, none for existing. */
  readonly resolvers?: readonly string[]
  /**
   * IPv4 addresses or networks that operators come from: to no other is a host's SSH server open. The gateway,
   * which is the box, always is one for incus. Default: none besides; anywhere for existing.
   */
  readonly operators?: readonly string[]
  /**
   * Ports of the box's own address that lead to hosts, by number: `{ 80: 'lb' }` is what `lb` has at port 80, `{ 8080:
   * 'lb.http' }` one of its endpoints by name, `{ 443: { to: 'lb', from: ['10.0.0.0/8'] } }` for those networks alone.
   * Whoever uses one keeps their address. Nothing else is reachable from outside of the box. Default: none.
   */
  readonly publish?: Readonly<Record<number, string | PublishedDefinition>>
  /** How many hosts of a group this environment has: the first so many of its `at`. Default: all. */
  readonly counts?: Readonly<Partial<Record<Group, number>>>
  /** Your own settings, which roles read as `environment.variables`. */
  readonly variables?: Readonly<Record<string, string | number | boolean>>
  /** Asks for the environment's name to be typed before anything is changed. Default: false. */
  readonly protected?: boolean
  /**
   * Where the values of its secrets are kept. `local`: in your own state directory, for an environment that you can make
   * again. `repo`: in `secrets/ENV.age` beside the config, encrypted to the `recipients` of its people. Default: local.
   */
  readonly secrets?: 'local' | 'repo'
  /**
   * Who is told when a probe that hosts ask by themselves goes red twice in a row, or a host no longer says what it found: once
   * then, and once when that is over. The host with the role `logs` tells; while it is down itself nobody does.
   */
  readonly alert?: AlertDefinition
  /**
   * Certificates for the public names of balancers, their `names`, by ACME, as of Let's Encrypt: for an environment whose domain
   * is public. All else keeps those of its own authority. Default: those alone.
   */
  readonly acme?: AcmeDefinition
  /**
   * Branches whose green builds the host with the role `ci` hands to that of another environment, by their names: `{ open: { to:
   * '198.51.100.7', hostKey: 'ssh-ed25519 ...' } }`. Default: none leaves this environment.
   */
  readonly promotes?: Readonly<Record<string, PromotionDefinition>>
  /**
   * Public keys of other environments whose CI hosts may hand builds of apps to the host with the role `ci`, which deploys
   * them here; `copse ci key ENV` prints them. Default: none.
   */
  readonly accepts?: readonly string[]
  /** Differences between this environment and others that are meant to be, each with its reason: see `allow`. */
  readonly differences?: readonly AllowanceDefinition[]
}

/** What a port of the box leads to, and for whom. */
export interface PublishedDefinition {
  /** A host, or a host, a dot and one of its endpoints: `lb`, `lb.https`. */
  readonly to: string
  /** IPv4 addresses or networks outside of the environment that may use it. Default: anybody. */
  readonly from?: readonly string[]
}

/** An authority that speaks ACME and asks http at port 80 of each name (HTTP-01): that must be open to it. */
export interface AcmeDefinition {
  /** Where the authority writes to: `ops@office.example`. */
  readonly email: string
  /** The URL of its directory. Default: Let's Encrypt, `https://acme-v02.api.letsencrypt.org/directory`. */
  readonly directory?: string
  /** The certificate that the directory's own https is verified by, as PEM, where Debian does not know it. */
  readonly authority?: string
}

/** Where a branch goes once its build is green. */
export interface PromotionDefinition {
  /** The address or the name at which the other environment's CI host takes builds in, with a port where that is not 8422. */
  readonly to: string
  /** Its public key, as `copse ci key ENV` of that environment prints it: no other is handed anything. */
  readonly hostKey: string
}

/** Who is told, by the host with the role `logs`. What could not be told is tried again each half minute. */
export interface AlertDefinition {
  /**
   * A URL that takes a POST of a JSON object, which has a `text` as Slack and Mattermost want it, and `state` (`red`,
   * `green`), `host`, `probe`, `from`, `to`, `since`, `detail`. Ports other than 80 and 443, and hosts of the environment,
   * need a flow.
   */
  readonly webhook?: string | SecretReference
  /**
   * A program and its arguments, or a line of POSIX sh, run as root for at most 30 s. It is given the same object on standard
   * input, and its fields as variables: `COPSE_TEXT`, `COPSE_STATE`, `COPSE_PROBE`.
   */
  readonly command?: string | readonly string[]
  /** A letter for each. The server needs a flow: `flow('logs', 'internet.tcp-25')`, or to its host. */
  readonly mail?: MailAlert
}

/** A host, or a group of hosts that are all alike. */
export interface HostDefinition<Group extends string = string, AppName extends string = never> {
  /** Offset of its address in the subnet: `20`; of several, `[24, 25]`, which are named `web1` and `web2`. */
  readonly at: number | readonly number[]
  /** Its software, in the order in which it is installed; `base()` comes first by itself. */
  readonly roles: readonly Role[]
  /** The apps that it runs. */
  readonly apps?: readonly AppName[]
  /** Further names in the zone, without the domain: `['www']`; in a group of several, each points at all of them. */
  readonly names?: readonly string[]
  /** Resources besides those of roles: `[pkg('htop')]`, or a function of the host and its environment. */
  readonly resources?: ResourceList | ((input: HostInput) => ResourceList)
  /** Questions besides those of roles, or a function of the host and its environment. */
  readonly probes?: readonly Probe[] | ((input: HostInput) => readonly Probe[])
  /** Groups or hosts whose changes must have ended before this one's begin. */
  readonly after?: readonly (Group | `${Group}${number}`)[]
  /** The Debian release that its machine runs. Default: 13. */
  readonly debian?: DebianRelease
  /** Directories of data that outlive its machine, by name, besides those of roles: `{ files: '/srv/files' }`. */
  readonly volumes?: Readonly<Record<string, string>>
  /** What its machine may use of the box: `cpu` in cores, `memory` in MiB. Default: no limit. */
  readonly limits?: Limits
}

/** What functions in `hosts` are given. They are pure: the same input makes the same output. */
export interface HostInput {
  readonly environment: Environment
  readonly host: Host
}

/**
 * Somebody with a way in: their keys open the account of role `base` (`ops`), which may do everything, and no longer do
 * after the `up` that follows their leaving. Logins that are open stay; with the last person the account goes, and its logins.
 */
export interface PersonDefinition<EnvironmentName extends string = string> {
  /** A lower-case account name: `ana`. */
  readonly name: string
  /** Public keys, each one line as in `id_ed25519.pub`. */
  readonly keys: readonly string[]
  /** Recipients of age, `age1...` as age-keygen prints them: who reads the secrets of these environments where they are in the repository. */
  readonly recipients?: readonly string[]
  /** The environments whose hosts the keys open. */
  readonly environments: readonly EnvironmentName[]
}

/** A definition with the line that made it; what a config file exports as its default. */
export interface Ecosystem {
  readonly definition: unknown
  readonly place: Place
}

/** Describes a whole eco-system of servers: `export default defineEcosystem({ ... })`. */
export function defineEcosystem<
  Group extends string,
  EnvironmentName extends string,
  AppName extends string = never,
>(definition: EcosystemDefinition<Group, EnvironmentName, AppName>): Ecosystem {
  return { definition, place: callSite() }
}
