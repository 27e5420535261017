/** What was found on a host as facts: what it tells of itself, and for what copse owns there whether it is as defined. Pure. */
import { matchesGlob } from 'node:path'
import type { FactName } from '../../model/allowance.ts'
import type { Resource } from '../../model/resource.ts'
import { fullName } from '../../resources/unit-name.ts'
import type { PlannedChange } from '../plan-types.ts'
import type { Fact } from './fact.ts'
import { type Names, neutralise } from './neutral.ts'

/** What was seen of one host. */
export interface SeenHost {
  /** As `facts.pl` tells them. */
  readonly told: readonly Fact[]
  readonly resources: readonly Resource[]
  /** What the definition would change there. */
  readonly changes: readonly PlannedChange[]
  readonly names: Names
  /** Paths, with shell globs, of what each machine makes up for itself. */
  readonly secrets: readonly string[]
}

/** What an owned thing is told as where it is as the definition says. */
export const asDefined = 'as defined'

export function observedFacts({ told, resources, changes, names, secrets }: SeenHost): readonly Fact[] {
  const changed = new Map(changes.map((change) => [`${change.kind} ${change.key}`, change]))
  const wanted = resources.filter(({ kind }) => kind !== 'release')
  const ids = new Set(wanted.map(({ kind, key }) => `${kind} ${key}`))
  // What copse owns and the definition no longer names.
  const leftovers = changes.filter(({ kind, key }) => kind !== 'release' && !ids.has(`${kind} ${key}`))
  const owned = [
    ...wanted.map(({ kind, key }) => ownedFact({ kind, key }, changed.get(`${kind} ${key}`), names)),
    ...leftovers.map((change) => ownedFact(change, change, names)),
  ]
  const known = new Set(owned.map(({ name, key }) => `${name} ${key}`))
  const accounts = accountsWithOwnedKeys(wanted, told)
  const others = told.filter(
    ({ name, key }) =>
      !known.has(`${name} ${key}`) &&
      !(name === 'file' && secrets.some((glob) => matchesGlob(key, glob))) &&
      !(name === 'key' && accounts.some((account) => key.startsWith(`${account} `))),
  )
  return [...owned, ...others]
}

/** Whose keys are as defined: those of `authorized-keys`, and where the file itself is a resource. */
function accountsWithOwnedKeys(wanted: readonly Resource[], told: readonly Fact[]): readonly string[] {
  const files = new Set(wanted.filter(({ kind }) => kind === 'file').map(({ key }) => key))
  const homes = told
    .filter(({ name }) => name === 'user')
    .map(({ key, value }) => ({ account: key, home: value.split(', ')[1] ?? '' }))
  return [
    ...wanted.filter(({ kind }) => kind === 'authorized-keys').map(({ key }) => key),
    ...homes.filter(({ home }) => files.has(`${home}/.ssh/authorized_keys`)).map(({ account }) => account),
  ]
}

function ownedFact(
  { kind, key }: Pick<Resource, 'kind' | 'key'>,
  change: PlannedChange | undefined,
  names: Names,
): Fact {
  const value = change ? `not as defined: ${change.why.join('; ') || wordFor[change.action]}` : asDefined
  return {
    ...alias(kind, neutralise(key, names)),
    value: neutralise(value, names),
    follows: followsOf(kind, key),
  }
}

const wordFor: Readonly<Record<PlannedChange['action'], string>> = {
  create: 'it is missing',
  update: 'it is another',
  replace: 'it is something else',
  destroy: 'it is no longer wanted',
  unknown: 'nobody can tell',
}

/** What is told of rules says more than that they are others. */
function followsOf(kind: string, key: string): readonly string[] {
  return kind === 'command' && key.startsWith('load the firewall') ? ['firewall inet copse *'] : []
}

const sameName: readonly FactName[] = ['file', 'user', 'group', 'sysctl']

/** The fact that hosts tell of the same thing; a package's is its version. */
export function alias(kind: string, key: string): Pick<Fact, 'name' | 'key'> {
  const own = sameName.find((name) => name === kind)
  if (own) return { name: own === 'file' && key.startsWith('/etc/cron') ? 'cron' : own, key }
  if (kind === 'unit' || kind === 'mask') return { name: 'unit', key: fullName(key) }
  if (kind === 'link' && key.startsWith('/etc/')) return { name: 'file', key }
  if (kind === 'authorized-keys') return { name: 'key', key }
  return { name: 'resource', key: `${kind} ${key}` }
}
