/** What hosts and the store of artifacts say of an app's releases, and which one is to run by that. Pure. */
import type { WantedRelease } from '../../resources/release.ts'

/** One release as one host has it, or as the store remembers it. */
export interface Sighting {
  readonly app: string
  /** By name; undefined: the store. */
  readonly host: string | undefined
  readonly number: number
  /** SHA-256 of the artifact's tar. */
  readonly artifact: string
  /** SHA-256 of what its processes find in their environment. */
  readonly config: string
  /** Where the artifact was made from, for people. */
  readonly commit: string
  /** When it was made, in seconds since 1970. */
  readonly made: number
  /** When it was proven there; 0 where it was not. */
  readonly good: number
  /** Since when it is the one that runs there; 0 where it is not. */
  readonly present: number
}

/** Lines as `release.pl list` and the store's `records list` print them: fields with TAB between. */
export function parseSightings(host: string | undefined, text: string): readonly Sighting[] {
  return text
    .split('\n')
    .map((line) => line.split('\t'))
    .filter((fields) => fields.length === 8)
    .map(([app = '', number, artifact = '', config = '', commit = '', made, good, present]) => ({
      ...{ app, host, artifact, config, commit },
      ...{ number: Number(number), made: Number(made), good: Number(good), present: Number(present) },
    }))
}

/**
 * The release that is to run: of those that run on a host and are proven, the one that was chosen last. Where no host has
 * any, because all are new, what the store remembers. One that was never proven is none.
 */
export function presentOf(sightings: readonly Sighting[], app: string): Sighting | undefined {
  const runs = sightings.filter((one) => one.app === app && one.present > 0 && isGood(sightings, one))
  const newest = (all: readonly Sighting[]) => all.toSorted((a, b) => b.present - a.present)[0]
  return newest(runs.filter(({ host }) => host !== undefined)) ?? newest(runs)
}

/** A host may have missed the word. */
function isGood(sightings: readonly Sighting[], { app, number }: Sighting): boolean {
  return sightings.some((one) => one.app === app && one.number === number && one.good > 0)
}

/** A number that no release of the app has had. */
export function nextNumber(sightings: readonly Sighting[], app: string): number {
  return 1 + Math.max(0, ...sightings.filter((one) => one.app === app).map(({ number }) => number))
}

/** What is built of an app and is to become a release. */
export interface Choice {
  readonly artifact: string
  readonly commit: string
}

/**
 * The release to run with the present config: that of a choice, else the present one, and a new one where its config or
 * artifact is another. Undefined: the app has none.
 */
export function wantedOf(
  sightings: readonly Sighting[],
  app: string,
  { config, choice }: { readonly config: string | undefined; readonly choice: Choice | undefined },
): WantedRelease | undefined {
  const present = presentOf(sightings, app)
  const { artifact, commit } = choice ?? present ?? {}
  if (artifact === undefined || commit === undefined) return undefined
  if (present && present.artifact === artifact && (config ?? present.config) === present.config)
    return asWanted(present)
  return { number: nextNumber(sightings, app), artifact, config: config ?? '', commit, migrates: true }
}

/** A release that there is, as it is. */
export function asWanted({ number, artifact, config, commit }: Sighting): WantedRelease {
  return { number, artifact, config, commit, migrates: false }
}
