/** A comparison as the JSON document that scripts read. Pure. */
import type { z } from 'zod'
import type { Difference } from '../engine/parity/compare.ts'
import type { Parity } from '../engine/parity/parity.ts'
import { formatPlace } from '../model/place.ts'
import type { documents } from './schemas.ts'

export function parityDocument(parity: Parity): z.input<(typeof documents)['diff']> {
  const { a, b, score, unused, unseen } = parity
  const differences = parity.places.flatMap((place) => place.differences)
  return {
    ...{ a, b, score, facts: factsIn(parity) },
    summary: countsOf(differences),
    differences: differences.map(({ host, name, key, kind, reason, ...sides }) => ({
      ...{ host, fact: `${name} ${key}`, name, a: sides.a ?? null, b: sides.b ?? null, kind, reason },
      since: { a: isoTime(sides.since.a), b: isoTime(sides.since.b) },
    })),
    unused: unused.map(({ reason, place }) => ({ reason, place: formatPlace(place) })),
    unseen: unseen.map(({ environment, host, detail, hint }) => ({ environment, host, detail, hint })),
  }
}

/** How many facts were compared. */
export function factsIn({ places }: Pick<Parity, 'places'>): number {
  return places.flatMap(({ facts }) => Object.values(facts)).reduce((sum, count) => sum + count, 0)
}

/** How many differences there are of each kind. */
export function countsOf(differences: readonly Difference[]): Readonly<Record<Difference['kind'], number>> {
  const count = (kind: Difference['kind']) => differences.filter((one) => one.kind === kind).length
  return { allowed: count('allowed'), explained: count('explained'), undeclared: count('undeclared') }
}

function isoTime(seconds: number | undefined): string | undefined {
  return seconds === undefined ? undefined : new Date(seconds * 1000).toISOString()
}
