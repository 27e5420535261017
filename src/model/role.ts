/** The contract of a role: software with its configuration on a host. Built-in roles and users' own follow the same. */
import type { z } from 'zod'
import type { Balanced, Restorable } from './desired.ts'
import type { Endpoint, Environment, Host } from './environment.ts'
import type { Flow } from './flow.ts'
import { callSite, type Place } from './place.ts'
import type { Probe } from './probe.ts'
import type { ResourceList } from './resource.ts'
import type { SecretTextValue } from './secret.ts'

/** What a role's functions are given. They are pure: the same input makes the same output. */
export interface RoleInput<Options> {
  readonly environment: Environment
  readonly host: Host
  readonly options: Options
}

/** An app that uses a door of a host. */
export interface Use<Options> {
  /** The app's name. */
  readonly app: string
  /** Whose door it is. */
  readonly host: Host
  readonly endpoint: Endpoint
  readonly options: Options
}

/** What `finish` is given besides. */
export interface FinishInput<Options> extends RoleInput<Options> {
  /**
   * The probes that the host itself asks for monitoring, whoever brought them: those that are asked from there, and those
   * about it that are the operator's, but for what must be closed to operators only.
   */
  readonly asks: readonly Probe[]
}

/** What is known of an environment before its hosts are. */
export type VolumeSettings = Pick<Environment, 'acme'>

/** The port of an endpoint, before it has a name and a role. */
export type Port = Pick<Endpoint, 'port' | 'protocol' | 'tls'>

/** What `defineRole` takes. */
export interface RoleDefinition<Schema extends z.ZodType> {
  /** Kebab-case; one role of a name per host. */
  readonly name: string
  /** The options' schema; its defaults are the role's. */
  readonly options: Schema
  /** Only one host of an environment may have it. */
  readonly isSingle?: boolean
  /** The doors that it opens on its host. */
  readonly endpoints?: (options: z.output<Schema>) => Readonly<Record<string, Port>>
  /**
   * What an app that uses one of these doors finds in its environment. Default, and where it is undefined: `REDIS_HOST` and
   * `REDIS_PORT` for the endpoint `redis`.
   */
  readonly offers?: (use: Use<z.output<Schema>>) => Readonly<Record<string, SecretTextValue>> | undefined
  /** Directories of data that outlive the machine, by name: `{ data: '/var/lib/redis' }`. */
  readonly volumes?: (options: z.output<Schema>, settings: VolumeSettings) => Readonly<Record<string, string>>
  /** Its host asks its probes by itself: see `asks` in `FinishInput`. */
  readonly monitors?: (options: z.output<Schema>) => boolean
  /** Its host rolls apps out to others: their hosts and balancers let its key in for that, and nothing else. */
  readonly deploys?: (options: z.output<Schema>) => boolean
  /** What the host must have, in the order in which it is made. */
  readonly resources: (input: RoleInput<z.output<Schema>>) => ResourceList
  /** What must come after the resources of all the host's roles. */
  readonly finish?: (input: FinishInput<z.output<Schema>>) => ResourceList
  /** For a role that sends requests on: its servers, and how each is taken out and brought back. */
  readonly balanced?: (input: RoleInput<z.output<Schema>>) => readonly Balanced[]
  /** What it keeps dumps of, for `copse restore`. */
  readonly restorable?: (input: RoleInput<z.output<Schema>>) => readonly Restorable[]
  /** Paths, with shell globs, of secrets that its packages make up by themselves when they are installed. */
  readonly secrets?: readonly string[]
  /** The questions that prove it. */
  readonly probes?: (input: RoleInput<z.output<Schema>>) => readonly Probe[]
  /** The network edges that it needs by itself. */
  readonly flows?: (input: RoleInput<z.output<Schema>>) => readonly Flow[]
}

/** A problem with an option: where in the options, and what would be right. */
export interface OptionProblem {
  readonly path: readonly PropertyKey[]
  readonly message: string
}

/** A role with its options, as it stands in a host's list. */
export interface Role {
  readonly name: string
  readonly place: Place
  /** What is wrong with the options; the rest may only be called when this is empty. */
  readonly problems: readonly OptionProblem[]
  readonly secrets: readonly string[]
  readonly isSingle: boolean
  endpoints(): Readonly<Record<string, Port>>
  offers(use: Omit<Use<unknown>, 'options'>): Readonly<Record<string, SecretTextValue>>
  volumes(settings?: VolumeSettings): Readonly<Record<string, string>>
  monitors(): boolean
  deploys(): boolean
  resources(environment: Environment, host: Host): ResourceList
  finish(environment: Environment, host: Host, asks: readonly Probe[]): ResourceList
  probes(environment: Environment, host: Host): readonly Probe[]
  balanced(environment: Environment, host: Host): readonly Balanced[]
  restorable(environment: Environment, host: Host): readonly Restorable[]
  flows(environment: Environment, host: Host): readonly Flow[]
}

/** Makes the function that puts a role on a host: `roles: [redis({ maxMemory: '1gb' })]`. */
export function defineRole<Schema extends z.ZodType>(definition: RoleDefinition<Schema>) {
  return (...[options]: OptionArguments<Schema>): Role => {
    const parsed = definition.options.safeParse(options ?? {})
    const input = (environment: Environment, host: Host): RoleInput<z.output<Schema>> => {
      if (!parsed.success) throw parsed.error
      return { environment, host, options: parsed.data }
    }
    return {
      name: definition.name,
      place: callSite(),
      problems: parsed.success ? [] : parsed.error.issues.map(({ path, message }) => ({ path, message })),
      secrets: definition.secrets ?? [],
      isSingle: definition.isSingle ?? false,
      endpoints: () => (parsed.success ? (definition.endpoints?.(parsed.data) ?? {}) : {}),
      offers: (use) =>
        (parsed.success ? definition.offers?.({ ...use, options: parsed.data }) : undefined) ??
        addressOf(use),
      volumes: (settings = {}) => (parsed.success ? (definition.volumes?.(parsed.data, settings) ?? {}) : {}),
      monitors: () => (parsed.success ? (definition.monitors?.(parsed.data) ?? false) : false),
      deploys: () => (parsed.success ? (definition.deploys?.(parsed.data) ?? false) : false),
      resources: (environment, host) => definition.resources(input(environment, host)),
      finish: (environment, host, asks) => definition.finish?.({ ...input(environment, host), asks }) ?? [],
      balanced: (environment, host) => definition.balanced?.(input(environment, host)) ?? [],
      probes: (environment, host) => definition.probes?.(input(environment, host)) ?? [],
      restorable: (environment, host) => definition.restorable?.(input(environment, host)) ?? [],
      flows: (environment, host) => definition.flows?.(input(environment, host)) ?? [],
    }
  }
}

function addressOf({
  host,
  endpoint,
}: Pick<Use<unknown>, 'host' | 'endpoint'>): Readonly<Record<string, string>> {
  const name = endpoint.name.replaceAll('-', '_').toUpperCase()
  return { [`${name}_HOST`]: host.fqdn, [`${name}_PORT`]: String(endpoint.port) }
}

/** Options may be left out where every one has a default. */
type OptionArguments<Schema extends z.ZodType> =
  Record<never, never> extends z.input<Schema> ? [options?: z.input<Schema>] : [options: z.input<Schema>]

/** A TCP port. */
export function tcp(port: number, detail: { readonly tls?: boolean } = {}): Port {
  return { port, protocol: 'tcp', tls: detail.tls ?? false }
}

/** A UDP port. */
export function udp(port: number): Port {
  return { port, protocol: 'udp', tls: false }
}
