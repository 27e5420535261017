/** The contract of a kind of resource: how it is observed, compared, changed and removed. */
import type { z } from 'zod'
import { digestOf } from '../lib/digest.ts'
import { parsedOnce, remember } from '../lib/parsed-once.ts'
import { lines, type Shell } from '../lib/shell.ts'
import type { LeafPart, LeafRequest } from '../model/certificate.ts'
import { callSite } from '../model/place.ts'
import type { Resource } from '../model/resource.ts'
import type { SecretText } from '../model/secret.ts'

/** What was found of one thing: the fields that the kind's script printed. Absent things have no entry. */
export type Found = Readonly<Record<string, string>>

/** What must happen to one thing. `unknown`: only applying will tell whether anything changes. */
export interface Change {
  readonly action: 'create' | 'update' | 'replace' | 'destroy' | 'unknown'
  /** What differs, found against wanted, each in a few words: `mode 0644, wanted 0600`. */
  readonly why: readonly string[]
  /** Text before and after, where a reader would want to see it. */
  readonly diff?: { readonly before: string; readonly after: string }
  /** What the comparison worked out and applying needs. */
  readonly memo?: Readonly<Record<string, string>>
}

/** Bytes that go to the host beside a script: text, or a file of the controller with its digest. */
export type Sendable = { readonly text: string } | { readonly file: string; readonly digest: string }

/**
 * What a plan says of such bytes: the value of a secret is put in, and a certificate is made with its key, only where the
 * session's archive is.
 */
export type Payload =
  | Sendable
  | { readonly secret: SecretText }
  | { readonly leaf: LeafRequest; readonly part: LeafPart }

/** One thing done on a host, as root: POSIX sh under `set -eu` in a directory that holds the payloads by name. */
export interface Step {
  readonly script: Shell
  readonly payloads?: Readonly<Record<string, Payload>>
  /**
   * Runs before the host is told that copse owns the thing: keeps what stood there before copse. `$COPSE_OWNED` has those of
   * the step's ids, `kind TAB key`, that copse owns already, one a line.
   */
  readonly prepare?: Shell
  readonly confirm?: Confirmation | undefined
}

/** What is done unless a new login confirms a change. */
export interface Confirmation {
  /** Are put back as they were. */
  readonly paths?: readonly string[]
  /** Units that are reloaded then, as they are before somebody tries to log in. */
  readonly reload?: readonly string[]
  /** Units that are stopped, and no longer start at boot. */
  readonly stop?: readonly string[]
}

/** What a kind may know of the rest of the plan. */
export interface Surroundings {
  /** Keys (`kind key`) of this host's resources that this plan changes before this one. */
  readonly changing: ReadonlySet<string>
  /** The digest of what is wanted of another resource of this host, by `kind key`; undefined when not wanted. */
  digestOf(id: string): string | undefined
  /** When the plan is made, in milliseconds since 1970; undefined where nothing is to be told from the time. */
  readonly now?: number | undefined
}

/**
 * A script that is given keys with their hints and prints one line for each thing that exists:
 * `key TAB field=value TAB field=value ...`, values percent-encoded by `enc` where they may hold TAB, newline or %.
 * It changes nothing. Owned things that are no longer wanted come with an empty hint.
 *
 * In POSIX sh it reads lines `key TAB hint`. In Perl, which is essential on Debian as perl-base, it is given `[key, hint]`
 * pairs as `@_`; all kinds in Perl share one process, because starting processes is what makes observing slow.
 */
export type Observer = { readonly sh: string } | { readonly perl: string }

/** What a kind is made of. Pure but for the shell text that it returns. */
export interface KindDefinition<Spec> {
  /** One word, also what the plan prints. */
  readonly name: string
  readonly spec: z.ZodType<Spec>
  /** Same key: same thing on the host. Must hold all that removing needs. */
  key(spec: Spec): string
  /** One line that observing needs besides the key; kept out of the key. Neither TAB nor newline. */
  hint?(spec: Spec): string
  /** What of the spec says how the thing must be, where that is not all of it: not where the controller keeps a file. */
  intent?(spec: Spec): unknown
  /** How its things are looked at. */
  readonly observe: Observer
  /** Undefined: as wanted. */
  diff(spec: Spec, found: Found | undefined, around: Surroundings): Change | undefined
  apply(spec: Spec, change: Change, found: Found | undefined): Step
  /**
   * May a golden image hold it, where it is the same for every host? Undefined: no. Else the ids, `kind key`, of what the
   * image must hold too, as far as the host is to have it. Default: no.
   */
  imageNeeds?(spec: Spec): readonly string[] | undefined
  /** Several consecutive changes that need no confirmation as one step, where that is much faster. */
  batch?(items: readonly { readonly spec: Spec; readonly change: Change }[]): Step
  /** Undoes what copse made. Data is left in place. */
  remove(key: string, found: Found): Step
}

/** A wanted thing with its kind's functions bound to its spec. */
export interface Bound {
  /** `kind key`: unique on a host. */
  readonly id: string
  readonly kind: string
  readonly key: string
  readonly hint: string
  /** Of what is wanted; the host remembers it as the intent. */
  readonly digest: string
  readonly spec: unknown
  /** See KindDefinition. */
  readonly imageNeeds: readonly string[] | undefined
  diff(found: Found | undefined, around: Surroundings): Change | undefined
  apply(change: Change, found: Found | undefined): Step
}

/** A kind whose spec type is its own affair: what the engine works with. */
export interface Kind {
  readonly name: string
  readonly observe: Observer
  bind(resource: Pick<Resource, 'spec'>): Bound
  readonly batch:
    | ((items: readonly { readonly spec: unknown; readonly change: Change }[]) => Step)
    | undefined
  remove(key: string, found: Found): Step
}

/** Hides a kind's spec type behind its schema. */
export function defineKind<Spec>(kind: KindDefinition<Spec>): Kind {
  const { batch } = kind
  return {
    name: kind.name,
    observe: kind.observe,
    bind({ spec: raw }) {
      const spec = parsedOnce(kind.spec, raw)
      let digest: string | undefined
      const key = kind.key(spec)
      return {
        id: `${kind.name} ${key}`,
        kind: kind.name,
        key,
        hint: kind.hint?.(spec) ?? '',
        // Few are asked for it where a config is only loaded.
        get digest() {
          digest ??= digestOf(kind.intent?.(spec) ?? spec)
          return digest
        },
        spec,
        imageNeeds: kind.imageNeeds?.(spec),
        diff: (found, around) => kind.diff(spec, found, around),
        apply: (change, found) => kind.apply(spec, change, found),
      }
    },
    batch:
      batch &&
      ((items) => batch(items.map(({ spec, change }) => ({ spec: parsedOnce(kind.spec, spec), change })))),
    remove: (key, found) => kind.remove(key, found),
  }
}

/** What a builder such as `file(...)` returns: the spec checked, with the line that asked for it. */
export function makeResource<Spec>(kind: KindDefinition<Spec>, input: unknown): Resource {
  const spec = remember(kind.spec, acceptSettings(kind.name, kind.spec, input))
  return { kind: kind.name, key: kind.key(spec), spec, place: callSite() }
}

/** Checks what a builder was given; what is wrong becomes a config error at the line that called it. */
export function acceptSettings<Settings>(
  what: string,
  schema: z.ZodType<Settings>,
  input: unknown,
): Settings {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  const said = parsed.error.issues.map(
    ({ path, message }) => `${path.map(String).join('.') || 'value'}: ${message}`,
  )
  throw new ResourceProblem(`${what}: ${said.join('; ')}`, callSite())
}

/** A resource that cannot be meant: reported by validate as a config error at its place. */
export class ResourceProblem extends Error {
  readonly place: Resource['place']

  constructor(message: string, place: Resource['place']) {
    super(message)
    this.name = 'ResourceProblem'
    this.place = place
  }
}

/** A step of plain commands. */
export function step(...commands: readonly Shell[]): Step {
  return { script: lines(commands) }
}
