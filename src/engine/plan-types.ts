/** The plan: exactly what differs between what is wanted and what was found. JSON-able; apply executes nothing else. */
import type { PublishChange } from '../machines/provider.ts'
import type { Change, Step } from '../resources/kind.ts'

/** What happens to a machine before its host is looked at. */
export interface MachineChange {
  readonly host: string
  readonly machine: string
  readonly action: 'create' | 'start' | 'update' | 'replace' | 'destroy'
  readonly why: string
}

/** One line of a plan: a resource and what happens to it. */
export interface PlannedChange extends Change {
  readonly kind: string
  readonly key: string
}

/** One step of the apply session; most steps make one change, batches several. */
export interface PlannedStep extends Step {
  /** Indices into the host plan's `changes`. */
  readonly changes: readonly number[]
  /** Lines for the host's list of what copse owns, written before the step runs. */
  readonly own: readonly OwnedLine[]
  /** Taken off that list after the step. */
  readonly disown: readonly OwnedId[]
  /** Restart stamps that this step makes untrue, by file name: dropped before it runs. */
  readonly invalidate: readonly string[]
}

/** What names one thing on a host. */
export interface OwnedId {
  readonly kind: string
  readonly key: string
}

/** One entry of the list of what copse owns on a host; `digest` is of what was wanted when it was made. */
export interface OwnedLine extends OwnedId {
  readonly digest: string
}

/** The state that a host's plan was made from: refused when the host has moved since. */
export interface Guard {
  readonly kind: string
  /** `key TAB hint` lines, as the kind's observe script reads them. */
  readonly lines: readonly string[]
  /** SHA-256 of what the script printed for them. */
  readonly digest: string
}

/** A host that could be observed. */
export interface HostPlan {
  readonly host: string
  readonly state: 'observed'
  readonly changes: readonly PlannedChange[]
  readonly steps: readonly PlannedStep[]
  readonly guards: readonly Guard[]
  /** Owned, no longer wanted and already gone: only the list on the host changes. */
  readonly forget: readonly OwnedId[]
  /** The identity file that the host must carry, or is given when it has none. */
  readonly identity: string
  /** The last run that changed it; 0 where none did. */
  readonly run: number
}

/** A host whose machine is missing: its own plan is made after the machine booted. */
export interface AbsentHost {
  readonly host: string
  readonly state: 'absent'
  readonly changes: readonly PlannedChange[]
}

/** A host that did not answer; nothing is known of it. */
export interface UnreachableHost {
  readonly host: string
  readonly state: 'unreachable'
  readonly reason: 'no-answer' | 'no-entry' | 'changed-key' | 'foreign' | 'busy' | 'failed'
  readonly detail: string
  readonly hint?: string | undefined
}

export interface Plan {
  readonly version: 1
  readonly ecosystem: string
  readonly environment: string
  readonly machines: readonly MachineChange[]
  /** Ports of the box. */
  readonly published: readonly PublishChange[]
  readonly hosts: readonly (HostPlan | AbsentHost | UnreachableHost)[]
}

/** How many changes of each action a plan holds, machines and ports included. */
export interface Summary {
  readonly create: number
  readonly update: number
  readonly destroy: number
  readonly replace: number
  readonly unknown: number
}

/** Counts; pure. */
export function summarise(plan: Plan): Summary {
  const actions = [
    ...plan.machines.map(({ action }) => (action === 'start' ? 'update' : action)),
    ...plan.published.map(({ action }) => action),
    ...plan.hosts.flatMap((host) =>
      host.state === 'unreachable' ? [] : host.changes.map(({ action }) => action),
    ),
  ]
  const count = (wanted: Change['action']) => actions.filter((action) => action === wanted).length
  return {
    create: count('create'),
    update: count('update'),
    destroy: count('destroy'),
    replace: count('replace'),
    unknown: count('unknown'),
  }
}

/** True when every host was observed and nothing differs. */
export function isEmpty(plan: Plan): boolean {
  return (
    plan.machines.length + plan.published.length === 0 &&
    plan.hosts.every((host) => host.state === 'observed' && host.changes.length === 0)
  )
}
