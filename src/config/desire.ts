/** Makes the whole that an environment is meant to be. Pure, but for `read` and for what roles and configs do. */
import type { Allowance } from '../model/allowance.ts'
import type { Desired } from '../model/desired.ts'
import type { Environment, Host } from '../model/environment.ts'
import type { Flow } from '../model/flow.ts'
import type { Role } from '../model/role.ts'
import { type Accepted, accept } from './accept.ts'
import { asksOf } from './asks.ts'
import { attempt } from './attempt.ts'
import { flowProblems } from './checks/flows.ts'
import type { Definition, EnvironmentPart } from './definition.ts'
import { desireHost, probesAbout } from './desire-host.ts'
import type { Read } from './merge.ts'
import type { Problem } from './problem.ts'
import { resolve } from './resolve.ts'
import { withApps } from './resolve-apps.ts'
import { flowList } from './schema.ts'
import { secretProblems } from './secrets.ts'
import { alike, twinOf } from './twin.ts'

/** The config file, and how files beside it are read. */
export interface Source {
  readonly file: string
  readonly read: Read
}

/** Only for a definition whose groups and roles are all valid. */
export function desire(
  definition: Definition,
  part: EnvironmentPart,
  { file, read }: Source,
): Accepted<Desired> {
  const resolved = resolve(definition, part)
  const withoutFlows = withApps(definition, resolved)
  const { environment, problems } = withFlows(definition, withoutFlows.value ?? resolved)
  const twin = twinOf(environment)
  const parts = environment.hosts.flatMap((host, index) =>
    definition.groups
      .filter(({ name }) => name === host.group)
      .map((group) => {
        const part = { environment, host, group }
        return { ...part, twinHost: twin.hosts[index], about: probesAbout(part) }
      }),
  )
  const all = parts.flatMap(({ about }) => about.value ?? [])
  const hosts = parts.map(({ twinHost, about, ...part }) => {
    const probes = { about: about.value ?? [], asks: asksOf(part.host, all) }
    const made = desireHost(part, probes, read)
    // Images are made of machines that copse makes, and a twin may be more than a role was written for.
    if (!twinHost || !made.value || environment.provider.provider === 'existing') return made
    // Questions name hosts: whatever is made of them is not common, and the twin has none.
    const other = desireHost({ ...part, environment: twin, host: twinHost }, { about: [], asks: [] }, read)
    const common = alike(made.value.resources, other.value?.resources ?? [])
    return { ...made, value: { ...made.value, common } }
  })
  const wanted = hosts.flatMap(({ value }) => value ?? [])
  const made = [...parts.map(({ about }) => about), ...hosts]
  return {
    value: { file, environment, hosts: wanted, differences: allowancesOf(definition, part) },
    problems: [
      ...withoutFlows.problems,
      ...problems,
      ...made.flatMap((part) => part.problems),
      ...secretProblems(wanted),
    ],
  }
}

/** Its own, and those that count everywhere. */
function allowancesOf({ differences }: Definition, { settings }: EnvironmentPart): readonly Allowance[] {
  return [...differences, ...settings.differences].map(({ reason, allowed, place }) => ({
    ...{ fact: allowed.fact, key: allowed.key, host: allowed.host },
    ...{ reason, place },
  }))
}

/** Adds the flows that roles bring; each flow once. */
function withFlows(
  definition: Definition,
  environment: Environment,
): { readonly environment: Environment; readonly problems: readonly Problem[] } {
  const brought = environment.hosts.flatMap((host) =>
    definition.groups
      .filter(({ name }) => name === host.group)
      .flatMap(({ roles }) => roles.map((role) => flowsOf(definition, role, [environment, host]))),
  )
  const all = [...environment.flows, ...brought.flatMap(({ value = [] }) => value)]
  const flows = all.filter((flow, index) => all.findIndex((other) => isSame(flow, other)) === index)
  return { environment: { ...environment, flows }, problems: brought.flatMap(({ problems }) => problems) }
}

function flowsOf(
  definition: Definition,
  role: Role,
  input: readonly [Environment, Host],
): Accepted<readonly Flow[]> {
  const origin = { place: role.place, path: [] }
  const made = attempt(role.name, role.place, () => role.flows(...input))
  if (made.problems.length > 0) return made
  const { value: flows = [], problems } = accept(flowList, {
    value: made.value,
    origin,
    called: [`flows of ${role.name}`],
  })
  const faults = flows.flatMap((flow) => flowProblems(definition, flow, { from: origin, to: origin }))
  return { value: flows, problems: [...problems, ...faults] }
}

function isSame(a: Flow, b: Flow): boolean {
  return a.from === b.from && a.to === b.to
}
