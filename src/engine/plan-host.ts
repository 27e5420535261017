/** The plan of one host: a pure comparison of what is wanted, what was found and what copse owns there. */
import { sha256 } from '../lib/digest.ts'
import type { Resource } from '../model/resource.ts'
import { withAuthority } from '../resources/certificate.ts'
import { allKinds, kindNamed } from '../resources/index.ts'
import type { Bound, Change, Step, Surroundings } from '../resources/kind.ts'
import { type ReleaseReader, withRelease } from '../resources/release.ts'
import { withSecrets } from '../resources/secret-text.ts'
import { unitsRestartedBy } from '../resources/unit.ts'
import type { Observation } from './observe.ts'
import type { Guard, HostPlan, OwnedId, PlannedChange, PlannedStep } from './plan-types.ts'
import { noSecrets, type OpenSecrets } from './secrets/open.ts'

/** A change with what executes it, before batching. */
interface Draft {
  readonly change: PlannedChange
  readonly step: Step
  /** Absent for removals. */
  readonly bound?: Bound
}

/** What a host's plan is made of. */
export interface HostInput {
  readonly host: string
  readonly wanted: readonly Bound[]
  readonly found: Observation
  /** The text of the identity file that the host must carry. */
  readonly identity: string
  /** In milliseconds since 1970. */
  readonly now?: number | undefined
  /** Only these resources are changed, by `kind key`, and nothing is removed. Default: all. */
  readonly only?: ((id: string) => boolean) | undefined
  /** Only what differs itself, and not what would have to follow, such as a restart. */
  readonly isEachAlone?: boolean
}

/** What resources need to know that no definition holds. */
export interface Known {
  readonly secrets?: OpenSecrets | undefined
  readonly releases?: ReleaseReader | undefined
}

/** Binds resources to their kinds, with what is to be known of them; the config has checked that all kinds are known. */
export function bindAll(
  resources: readonly Resource[],
  { secrets = noSecrets, releases = noReleases }: Known = {},
): readonly Bound[] {
  const { digestOf, authority } = secrets
  return resources
    .map((resource) => withAuthority(withSecrets(resource, digestOf), authority?.certificate))
    .map((resource) => withRelease(resource, releases, authority?.certificate))
    .flatMap((resource) => kindNamed(resource.kind)?.bind(resource) ?? [])
}

const noReleases: ReleaseReader = { wanted: () => undefined }

/** Everything that differs on a host, with the steps that mend it. */
export function planHost(input: HostInput): HostPlan {
  const wanted = new Set(input.wanted.map(({ id }) => id))
  const unwanted = input.found.owned.filter(({ kind, key }) => !wanted.has(`${kind} ${key}`)).reverse()
  const drafts = [...(input.only ? [] : removals(unwanted, input.found)), ...changes(input)]
  return {
    host: input.host,
    state: 'observed',
    changes: drafts.map(({ change }) => change),
    steps: toSteps(drafts, input.wanted),
    guards: guardsOf(drafts, input),
    forget: unwanted
      .filter(({ kind, key }) => !input.found.things.get(kind)?.has(key))
      .map(({ kind, key }) => ({ kind, key })),
    identity: input.identity,
    run: Number(input.found.facts.run) || 0,
  }
}

function removals(unwanted: readonly OwnedId[], found: Observation): readonly Draft[] {
  return unwanted.flatMap(({ kind, key }) => {
    const thing = found.things.get(kind)?.get(key)
    const known = kindNamed(kind)
    if (!thing || !known) return []
    const why = ['copse made it and the definition no longer asks for it']
    return [{ change: { kind, key, action: 'destroy', why }, step: known.remove(key, thing.found) }]
  })
}

function changes({ wanted, found, now, only, isEachAlone = false }: HostInput): readonly Draft[] {
  const changing = new Set<string>()
  const digests = new Map(wanted.map(({ id, digest }) => [id, digest]))
  const around: Surroundings = { changing, digestOf: (id) => digests.get(id), now }
  const intents = new Map(found.owned.map(({ kind, key, digest }) => [`${kind} ${key}`, digest]))
  // What is left alone changes nothing for the others either.
  const included = only ? wanted.filter(({ id }) => only(id)) : wanted
  return included.flatMap((bound) => {
    const thing = found.things.get(bound.kind)?.get(bound.key)?.found
    const change = bound.diff(thing, around)
    if (!change) return []
    if (!isEachAlone) changing.add(bound.id)
    const reason = intents.get(bound.id) === bound.digest ? ['changed on the host'] : []
    const planned = { ...change, why: [...change.why, ...reason], kind: bound.kind, key: bound.key }
    return [{ change: planned, step: bound.apply(change, thing), bound }]
  })
}

/** Consecutive changes of a kind that batches become one step; every other change is a step of its own. */
function toSteps(drafts: readonly Draft[], wanted: readonly Bound[]): readonly PlannedStep[] {
  const groups: number[][] = []
  drafts.forEach((draft, index) => {
    const last = groups.at(-1)
    const before = last?.[0] === undefined ? undefined : drafts[last[0]]
    if (last && before && canJoin(before, draft)) last.push(index)
    else groups.push([index])
  })
  return groups.map((indices) =>
    toStep(
      indices,
      indices.flatMap((index) => drafts[index] ?? []),
      wanted,
    ),
  )
}

function canJoin(before: Draft, draft: Draft): boolean {
  const isPlain = (one: Draft) => one.bound !== undefined && one.step.confirm === undefined
  if (before.change.kind !== draft.change.kind || !isPlain(before) || !isPlain(draft)) return false
  return kindNamed(draft.change.kind)?.batch !== undefined
}

function toStep(indices: readonly number[], drafts: readonly Draft[], wanted: readonly Bound[]): PlannedStep {
  const made = drafts.flatMap(({ bound, change }) =>
    bound ? [{ spec: bound.spec, change: withoutKey(change), bound }] : [],
  )
  const [first] = drafts
  const batch = made.length > 1 && first ? kindNamed(first.change.kind)?.batch : undefined
  const step = batch?.(made) ?? first?.step ?? { script: { shell: '' } }
  return {
    ...step,
    changes: indices,
    own: made.map(({ bound: { kind, key, digest } }) => ({ kind, key, digest })),
    disown: drafts.flatMap(({ bound, change: { kind, key } }) => (bound ? [] : [{ kind, key }])),
    invalidate: drafts.flatMap(({ change }) => unitsRestartedBy(wanted, `${change.kind} ${change.key}`)),
  }
}

function withoutKey({ kind: _kind, key: _key, ...change }: PlannedChange): Change {
  return change
}

/** For each kind, the lines of the things that change and the digest of what was printed for them. */
function guardsOf(drafts: readonly Draft[], { found }: HostInput): readonly Guard[] {
  return allKinds().flatMap(({ name }) => {
    const mine = drafts.filter(({ change }) => change.kind === name)
    if (mine.length === 0) return []
    const raw = mine.flatMap(({ change }) => found.things.get(name)?.get(change.key)?.raw ?? [])
    return [
      {
        kind: name,
        lines: mine.map(({ change, bound }) => `${change.key}\t${bound?.hint ?? ''}`),
        digest: sha256(
          raw
            .sort(byBytes)
            .map((line) => `${line}\n`)
            .join(''),
        ),
      },
    ]
  })
}

/** The order of `LC_ALL=C sort`. */
function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}
