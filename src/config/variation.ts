/** Says where two evaluations of one config differ. Pure. */
import type { Desired } from '../model/desired.ts'
import type { Place } from '../model/place.ts'
import type { LocatedProblem } from './problem.ts'
import { show, showPath } from './words.ts'

/** The first difference, at the line that made the differing thing; undefined when there is none. */
export function variationOf(first: Desired, second: Desired): LocatedProblem | undefined {
  const path = differenceOf(first, second)
  if (!path) return undefined
  const [one, other] = [first, second].map((desired) => path.reduce<unknown>(member, desired))
  return {
    message: `evaluated twice, the config gave two values: ${showPath(path)} was ${show(one)}, then ${show(other)}`,
    hint: 'a config must not depend on time, chance or what changes between two runs; env("NAME") may',
    place: nearestPlace(first, path) ?? { file: first.file, line: 1, column: 1 },
  }
}

/** The way to the first difference of two JSON values. */
function differenceOf(a: unknown, b: unknown): readonly PropertyKey[] | undefined {
  if (!isObject(a) || !isObject(b) || Array.isArray(a) !== Array.isArray(b)) return a === b ? undefined : []
  const isList = Array.isArray(a)
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const inner = differenceOf(member(a, key), member(b, key))
    if (inner) return [isList ? Number(key) : key, ...inner]
  }
  return undefined
}

/** The place that the innermost thing on the way remembers. */
function nearestPlace(root: unknown, path: readonly PropertyKey[]): Place | undefined {
  const things = path.map((_, index) => path.slice(0, index).reduce(member, root))
  return things
    .toReversed()
    .map((thing) => member(thing, 'place'))
    .find(isPlace)
}

function isPlace(value: unknown): value is Place {
  return isObject(value) && 'file' in value && 'line' in value && 'column' in value
}

function member(value: unknown, key: PropertyKey): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
