/** How alike two environments of one definition are. Writes nothing. */
import type { Allowance } from '../../model/allowance.ts'
import type { Desired } from '../../model/desired.ts'
import type { Host } from '../../model/environment.ts'
import { usesOf } from '../secrets/keeper.ts'
import type { ReadSession } from '../session.ts'
import { type Compared, comparePlace, covers, type Difference, scoreOf, unusedOf } from './compare.ts'
import {
  type Definitions,
  hostDefinitionReasoning,
  hostSides,
  settingReasoning,
  settingSides,
} from './definitions.ts'
import { keptOf, secretFacts, sharedSecrets } from './secrets.ts'
import { type Sight, see, type Unseen } from './see.ts'
import { compareSights } from './sights.ts'

/** What came of a comparison. */
export interface Parity {
  readonly a: string
  readonly b: string
  /** The share of facts that are equal, allowed or explained, in percent. */
  readonly score: number
  readonly places: readonly Compared[]
  /** Allowances that no difference needed. */
  readonly unused: readonly Allowance[]
  readonly unseen: readonly (Unseen & { readonly environment: string; readonly host: string })[]
}

export interface ParityOptions {
  /** Hosts of the first environment, by name; of those only what both have is looked at. */
  readonly hosts: readonly string[]
  /** Also what changes by itself. */
  readonly isStrict: boolean
}

/** `bAsA` is the second with the settings of the first. */
export async function compareEnvironments(
  sessions: { readonly a: ReadSession; readonly b: ReadSession; readonly bAsA: Desired },
  { hosts, isStrict }: ParityOptions,
): Promise<Parity> {
  const { a, b, bAsA } = sessions
  const definitions: Definitions = { a: a.desired, b: b.desired, bAsA }
  const allowances = allowancesOf(definitions)
  const whole = comparePlace(settingSides(definitions), allowances, settingReasoning(definitions))
  const secrets = await compareSecrets(a, b, allowances)
  const common = hostsOfBoth(definitions, hosts)
  const isElsewhere = whole.differences.some(({ name, key }) => name === 'setting' && key === 'machines')
  const [left, right] = await Promise.all([a, b].map((session) => seeAll(session, common)))
  const seen = common.map((host) => {
    const [ours, theirs] = [left?.get(host.name), right?.get(host.name)]
    const own = comparePlace(
      { host, ...hostSides(definitions, host.name) },
      allowances,
      hostDefinitionReasoning(definitions, host.name),
    )
    if (!ours || !theirs || 'detail' in ours || 'detail' in theirs) return { host, compared: own }
    const found = compareSights({ host, own, ours, theirs, allowances, isElsewhere, isStrict })
    return { host, compared: merged(own, found) }
  })
  const places = [{ host: undefined, compared: merged(whole, secrets) }, ...seen]
  const compared = places.map((place) => place.compared)
  return {
    a: a.desired.environment.name,
    b: b.desired.environment.name,
    score: scoreOf(compared),
    places: compared,
    unused: unusedOf(allowances, places),
    unseen: [...unseenOf(a, left), ...unseenOf(b, right)],
  }
}

/** Those of the ecosystem are in both. */
function allowancesOf({ a, b }: Definitions): readonly Allowance[] {
  const all = [...a.differences, ...b.differences]
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()]
}

function hostsOfBoth({ a, b }: Definitions, hosts: readonly string[]): readonly Host[] {
  const others = new Set(b.environment.hosts.map(({ name }) => name))
  return a.environment.hosts.filter(({ name }) => hosts.includes(name) && others.has(name))
}

type Seen = ReadonlyMap<string, Sight | Unseen>

async function seeAll(session: ReadSession, hosts: readonly Host[]): Promise<Seen> {
  const names = hosts.map(({ name }) => name)
  session.context.emit({ event: 'phase', phase: 'observe', hosts: names })
  const machines = await session.provider.list(session.providerContext)
  if (session.desired.environment.apps.length > 0) await session.releases.look(session, machines)
  const wanted = session.desired.hosts.filter(({ host }) => names.includes(host.name))
  return new Map(
    await Promise.all(
      wanted.map(async (desired) => [desired.host.name, await see(session, desired, machines)] as const),
    ),
  )
}

function unseenOf(session: ReadSession, seen: Seen | undefined): Parity['unseen'] {
  const { name: environment } = session.desired.environment
  return [...(seen ?? [])].flatMap(([host, sight]) =>
    'detail' in sight ? [{ environment, host, ...sight }] : [],
  )
}

async function compareSecrets(
  a: ReadSession,
  b: ReadSession,
  allowances: readonly Allowance[],
): Promise<Compared> {
  const [left, right] = await Promise.all(
    [a, b].map(async ({ desired, secrets }) => keptOf(usesOf(desired), await secrets.open())),
  )
  if (!left || !right) return { host: '', facts: {}, differences: [] }
  const kept = comparePlace({ a: secretFacts(left), b: secretFacts(right) }, allowances, () => ({
    kind: 'undeclared',
    reason: 'one of them lacks it',
  }))
  const shared = sharedSecrets(left, right).map((one): Difference => {
    const allowance = allowances.find((candidate) => covers(candidate, one, undefined))
    return {
      ...{ host: '', since: { a: undefined, b: undefined }, ...one },
      ...(allowance
        ? { kind: 'allowed', reason: allowance.reason }
        : { kind: 'undeclared', reason: 'environments share no secret' }),
    }
  })
  return { ...kept, differences: [...kept.differences, ...shared] }
}

function merged(one: Compared, other: Compared): Compared {
  const names = new Set([...Object.keys(one.facts), ...Object.keys(other.facts)])
  const count = (name: string) =>
    [one, other].map(({ facts }) => new Map(Object.entries(facts)).get(name) ?? 0).reduce((a, b) => a + b, 0)
  return {
    host: one.host,
    facts: Object.fromEntries([...names].map((name) => [name, count(name)])),
    differences: [...one.differences, ...other.differences],
  }
}
