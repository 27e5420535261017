/** Compares two environments, fact by fact, and says of each difference whether anybody has to answer for it. Pure. */
import type { Allowance, FactName } from '../../model/allowance.ts'
import type { Host } from '../../model/environment.ts'
import { type Circumstances, explain, type Pair } from './explain.ts'
import { byId, type Fact } from './fact.ts'

/** One fact that is not the same in both. */
export interface Difference {
  /** By name; empty: the environments themselves. */
  readonly host: string
  readonly name: FactName
  readonly key: string
  /** Undefined: there is none. */
  readonly a: string | undefined
  readonly b: string | undefined
  readonly kind: 'allowed' | 'explained' | 'undeclared'
  readonly reason: string
  /** Since when, in seconds since 1970, on each side where that is known. */
  readonly since: { readonly a: number | undefined; readonly b: number | undefined }
}

/** What of two environments is compared in one place: a host, or the definition. */
export interface Compared {
  readonly host: string
  /** How many facts of each kind. */
  readonly facts: Readonly<Partial<Record<FactName, number>>>
  readonly differences: readonly Difference[]
}

/** Both sides of a place. */
export interface Sides {
  /** Undefined: the environments themselves. */
  readonly host?: Host | undefined
  readonly a: readonly Fact[]
  readonly b: readonly Fact[]
}

/** How a difference that no allowance covers is told. */
export type Reasoning = (pair: Pair) => Pick<Difference, 'kind' | 'reason'>

/** Every fact that either side has. `allowances` come first, then the reasoning. */
export function comparePlace(
  { host, a, b }: Sides,
  allowances: readonly Allowance[],
  reasoning: Reasoning,
): Compared {
  const [left, right] = [byId(a), byId(b)]
  const ids = [...new Set([...left.keys(), ...right.keys()])]
  const pairs = ids.map((id): Pair => ({ id, a: left.get(id), b: right.get(id) }))
  const named = Map.groupBy(pairs, (pair) => factOf(pair).name)
  return {
    host: host?.name ?? '',
    facts: Object.fromEntries([...named].map(([name, group]) => [name, group.length])),
    differences: pairs.filter(isDifferent).map((pair) => {
      const { name, key } = factOf(pair)
      const allowance = allowances.find((one) => covers(one, { name, key }, host))
      return {
        ...{ host: host?.name ?? '', name, key, a: pair.a?.value, b: pair.b?.value },
        ...(allowance ? { kind: 'allowed' as const, reason: allowance.reason } : reasoning(pair)),
        since: { a: pair.a?.since, b: pair.b?.since },
      }
    }),
  }
}

function factOf({ a, b, id }: Pair): Fact {
  const fact = a ?? b
  if (!fact) throw new Error(`nobody has ${id}`)
  return fact
}

export function isDifferent({ a, b }: Pair): boolean {
  return a?.value !== b?.value
}

/** Is the fact what was signed for? A host is meant by its name, group or role. */
export function covers(
  { fact, key, host: selector }: Allowance,
  about: Pick<Fact, 'name' | 'key'>,
  host: Host | undefined,
): boolean {
  if (fact !== about.name) return false
  if (selector !== undefined && !(host && [host.name, host.group, ...host.roles].includes(selector)))
    return false
  return key === undefined || globOf(key).test(about.key)
}

function globOf(key: string): RegExp {
  return new RegExp(`^${key.split('*').map(RegExp.escape).join('.*')}$`, 's')
}

/** Reasons between two hosts. */
export function hostReasoning(around: Circumstances): Reasoning {
  return (pair) => {
    const reason = explain(pair, around)
    return reason === undefined
      ? { kind: 'undeclared', reason: 'nothing in the config says so' }
      : { kind: 'explained', reason }
  }
}

/** The ids of what differs, before anybody asks why. */
export function differingIds(a: readonly Fact[], b: readonly Fact[]): ReadonlySet<string> {
  const [left, right] = [byId(a), byId(b)]
  const ids = [...new Set([...left.keys(), ...right.keys()])]
  return new Set(ids.filter((id) => isDifferent({ id, a: left.get(id), b: right.get(id) })))
}

/** Allowances that no difference needed. */
export function unusedOf(
  allowances: readonly Allowance[],
  places: readonly { readonly compared: Compared; readonly host: Host | undefined }[],
): readonly Allowance[] {
  return allowances.filter(
    (allowance) =>
      !places.some(({ compared, host }) =>
        compared.differences.some(({ name, key }) => covers(allowance, { name, key }, host)),
      ),
  )
}

/** The share of compared facts that are equal, allowed or explained, in percent; 100 only where none is left. */
export function scoreOf(places: readonly Compared[]): number {
  const all = places.flatMap(({ facts }) => Object.values(facts)).reduce((sum, count) => sum + count, 0)
  const open = places
    .flatMap(({ differences }) => differences)
    .filter(({ kind }) => kind === 'undeclared').length
  if (all === 0) return 100
  return Math.floor((1000 * (all - open)) / all) / 10
}
