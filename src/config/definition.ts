/** A definition after its parts were read: only the valid ones, and the names of all, so that one problem makes no other. */
import type { Place } from '../model/place.ts'
import type { ProviderSpec } from '../model/provider.ts'
import type { Role } from '../model/role.ts'
import type { AllowanceDefinition } from './allow.ts'
import type { FlowDefinition } from './flow.ts'
import type { Origin } from './problem.ts'
import type { EnvironmentSettings, HostSettings, PersonSettings } from './schema.ts'
import type { AppSettings } from './schema-app.ts'

export interface Definition {
  readonly name: string
  /** The call of defineEcosystem. */
  readonly place: Place
  readonly environments: readonly EnvironmentPart[]
  readonly groups: readonly Group[]
  readonly apps: readonly AppPart[]
  readonly flows: readonly FlowDefinition[]
  readonly people: readonly PersonPart[]
  /** Those that count for every two environments. */
  readonly differences: readonly AllowanceDefinition[]
  /** All that the file names, valid or not. */
  readonly named: {
    readonly environments: readonly string[]
    readonly groups: readonly string[]
    readonly hosts: readonly string[]
    readonly apps: readonly string[]
  }
}

/** One environment's settings and its provider's. */
export interface EnvironmentPart {
  readonly name: string
  readonly settings: EnvironmentSettings
  readonly provider: ProviderSpec
}

/** One entry of `hosts`. */
export interface Group {
  readonly name: string
  readonly settings: HostSettings
  /** Its hosts in order, with their offsets in the subnet: `web` at `[24, 25]` has `web1` and `web2`. */
  readonly hosts: readonly { readonly name: string; readonly at: number }[]
  /** The nearest line that a builder remembers: that of its first role. */
  readonly place: Place
  /** Those that are listed, after those that every host has and before its apps. */
  readonly roles: readonly Role[]
}

/** One entry of `apps`, with what follows from its place there. */
export interface AppPart {
  readonly name: string
  readonly place: Place
  readonly settings: AppSettings
  /** Of its first instance. */
  readonly port: number
  /** That balancers know it by. */
  readonly names: readonly string[]
}

/** One entry of `people`, with its index there. */
export interface PersonPart {
  readonly index: number
  readonly settings: PersonSettings
}

/** A value in the definition, by the way to it. */
export function originOf(definition: { readonly place: Place }, ...path: readonly PropertyKey[]): Origin {
  return { place: definition.place, path: [0, ...path] }
}

/** The way to a host's offset: `at`, or `at[1]` in a group of several. */
export function pathToAt(group: Group, index: number): readonly PropertyKey[] {
  return ['hosts', group.name, 'at', ...(typeof group.settings.at === 'number' ? [] : [index])]
}

/** The hosts that a group has in an environment. */
export function hostsOf(group: Group, environment: EnvironmentPart): Group['hosts'] {
  return group.hosts.slice(0, environment.settings.counts[group.name] ?? group.hosts.length)
}
