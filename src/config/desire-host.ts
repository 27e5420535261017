/** What one host must have and prove: its roles' resources in order, its own, then what roles finish with. */
import type { z } from 'zod'
import type { Balanced, DesiredHost, Restorable } from '../model/desired.ts'
import type { Environment, Host } from '../model/environment.ts'
import type { Probe } from '../model/probe.ts'
import type { Resource, ResourceList } from '../model/resource.ts'
import { type Accepted, accept } from './accept.ts'
import { attempt } from './attempt.ts'
import type { Group } from './definition.ts'
import { mergeResources, type Read } from './merge.ts'
import type { Problem } from './problem.ts'
import { balancedList, probeList, resourceList, restorableList } from './schema.ts'

/** A host, its entry in the definition, and the environment around it. */
export interface HostPart {
  readonly environment: Environment
  readonly host: Host
  readonly group: Group
}

/** The questions that are asked about a host, and those that it asks itself. */
export interface HostProbes {
  readonly about: readonly Probe[]
  readonly asks: readonly Probe[]
}

export function desireHost(
  { environment, host, group }: HostPart,
  { about, asks }: HostProbes,
  read: Read,
): Accepted<DesiredHost> {
  const { settings, roles } = group
  const { resources } = settings
  const lists = [
    ...roles.map((role) => resourcesOf(role, () => role.resources(environment, host))),
    resourcesOf(group, () =>
      typeof resources === 'function' ? resources({ environment, host }) : resources,
    ),
    ...roles.map((role) => resourcesOf(role, () => role.finish(environment, host, asks))),
  ]
  const servers = roles.map((role) => balancedBy(role, () => role.balanced(environment, host)))
  const dumped = roles.map((role) => restorableBy(role, () => role.restorable(environment, host)))
  const made = lists.flatMap(({ value = [] }) => value)
  const merged = mergeResources(host, made, read)
  return {
    value: {
      host,
      resources: merged.value ?? [],
      probes: about,
      balanced: servers.flatMap(({ value = [] }) => value),
      restorable: dumped.flatMap(({ value = [] }) => value),
      secrets: roles.flatMap((role) => role.secrets),
      common: [],
    },
    problems: [...lists, merged, ...servers, ...dumped].flatMap(({ problems }) => problems),
  }
}

/** The questions about a host that its roles and its entry in the definition bring. */
export function probesAbout({ environment, host, group }: HostPart): Accepted<readonly Probe[]> {
  const { probes } = group.settings
  const lists = [
    ...group.roles.map((role) => probesOf(role, environment, () => role.probes(environment, host))),
    probesOf(group, environment, () =>
      typeof probes === 'function' ? probes({ environment, host }) : probes,
    ),
  ]
  return {
    value: lists.flatMap(({ value = [] }) => value),
    problems: lists.flatMap(({ problems }) => problems),
  }
}

/** Whoever brings resources or probes, with the line that put it on the host. */
type Source = Pick<Group, 'name' | 'place'>

function resourcesOf(source: Source, make: () => ResourceList): Accepted<readonly Resource[]> {
  const made = listOf(source, { what: 'resources', schema: resourceList }, make)
  return { value: flatten(made.value ?? []), problems: made.problems }
}

function flatten(list: ResourceList): readonly Resource[] {
  return list.flatMap((item) => ('kind' in item ? [item] : flatten(item)))
}

function probesOf(
  source: Source,
  environment: Environment,
  make: () => readonly Probe[],
): Accepted<readonly Probe[]> {
  const made = listOf(source, { what: 'probes', schema: probeList }, make)
  const strangers = (made.value ?? []).flatMap((probe) => strangerIn(probe, environment, source))
  return { value: made.value ?? [], problems: [...made.problems, ...strangers] }
}

function balancedBy(source: Source, make: () => readonly Balanced[]): Accepted<readonly Balanced[]> {
  return listOf(source, { what: 'servers', schema: balancedList }, make)
}

function restorableBy(source: Source, make: () => readonly Restorable[]): Accepted<readonly Restorable[]> {
  return listOf(source, { what: 'restorable data', schema: restorableList }, make)
}

/** Functions may return anything at all at run time. */
function listOf<Value>(
  { name, place }: Source,
  { what, schema }: { readonly what: string; readonly schema: z.ZodType<Value> },
  make: () => Value,
): Accepted<Value> {
  const made = attempt(name, place, make)
  if (made.problems.length > 0) return made
  return accept(schema, { value: made.value, origin: { place, path: [] }, called: [`${what} of ${name}`] })
}

function strangerIn(probe: Probe, { hosts }: Environment, { name, place }: Source): readonly Problem[] {
  return [probe.to, ...(probe.from === 'operator' ? [] : [probe.from.host])]
    .filter((wanted) => !hosts.some((host) => host.name === wanted))
    .map((wanted) => ({
      message: `${name}: the probe ${probe.name} names ${wanted}, which is no host`,
      origin: { place, path: [] },
    }))
}
