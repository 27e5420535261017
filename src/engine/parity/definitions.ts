/** Compares what the definition says of two environments. Pure. */
import type { Desired } from '../../model/desired.ts'
import type { Difference, Reasoning, Sides } from './compare.ts'
import { hostFacts, ownSettings, settingFacts } from './declared.ts'
import { byId, type Fact, idOf } from './fact.ts'
import { alias } from './observed.ts'

/** Two environments of one definition, and the second with the settings of the first. */
export interface Definitions {
  readonly a: Desired
  readonly b: Desired
  readonly bAsA: Desired
}

/** Of the environments themselves: settings, and which hosts there are. */
export function settingSides({ a, b }: Definitions): Sides {
  return { a: [...settingFacts(a), ...presence(a)], b: [...settingFacts(b), ...presence(b)] }
}

/** What the config says of an environment is declared there; what comes of nothing but its name is not. */
export function settingReasoning({ a, bAsA }: Definitions): Reasoning {
  const recast = byId([...settingFacts(bAsA), ...presence(bAsA)])
  const first = byId([...settingFacts(a), ...presence(a)])
  return ({ id }) => {
    if (ownSettings.some((name) => id === `setting ${name}`))
      return { kind: 'explained', reason: 'each environment has its own' }
    return recast.get(id)?.value === first.get(id)?.value ? declaredSo : byNameAlone
  }
}

const declaredSo = { kind: 'explained', reason: 'declared in the config' } as const
const byNameAlone = {
  kind: 'undeclared',
  reason: 'no setting says so: it comes of the name of the environment alone',
} as const

function presence({ environment }: Desired): readonly Fact[] {
  return environment.hosts.map(({ name }) => ({ name: 'host', key: name, value: 'there', follows: [] }))
}

/** Of one host that both have. Contents of resources are compared where the second has the settings of the first. */
export function hostSides(definitions: Definitions, name: string): Sides {
  const { a, b } = definitions
  const recast = recastFacts(definitions, name)
  return {
    a: factsOfHost(a, name),
    b: factsOfHost(b, name).map((fact) =>
      fact.name === 'resource' ? { ...fact, value: recast.get(idOf(fact))?.value ?? fact.value } : fact,
    ),
  }
}

export function hostDefinitionReasoning(definitions: Definitions, name: string): Reasoning {
  const recast = recastFacts(definitions, name)
  const first = byId(factsOfHost(definitions.a, name))
  return ({ id }) => (recast.get(id)?.value === first.get(id)?.value ? declaredSo : byNameAlone)
}

/** The second with the settings of the first, and, where that makes it the same, with its name. */
function recastFacts({ a, bAsA }: Definitions, name: string): ReadonlyMap<string, Fact> {
  const first = byId(factsOfHost(a, name))
  const own = bAsA.environment.name
  const word = new RegExp(`(?<![\\w-])${RegExp.escape(own)}(?![\\w-])`, 'g')
  const renamed = byId(factsOfHost(bAsA, name, (text) => text.replaceAll(word, a.environment.name)))
  const facts = factsOfHost(bAsA, name).map((fact) => {
    const other = renamed.get(idOf(fact))
    return other && other.value === first.get(idOf(fact))?.value ? other : fact
  })
  return byId(facts)
}

function factsOfHost(desired: Desired, name: string, rename?: (text: string) => string): readonly Fact[] {
  const hosts = desired.hosts.filter(({ host }) => host.name === name)
  return hosts.flatMap((host) => hostFacts(desired, host, rename))
}

/** The ids, as hosts tell them, of what the settings want in one of the environments only. */
export function oneSided(differences: readonly Difference[]): ReadonlySet<string> {
  const keys = differences
    .filter(({ name, kind, a, b }) => name === 'resource' && kind !== 'undeclared' && !(a && b))
    .map(({ key }) => key)
  return new Set(keys.flatMap(idsOfResource))
}

/** A package is told twice: that it is as defined, and its version. */
function idsOfResource(text: string): readonly string[] {
  const at = text.indexOf(' ')
  const [kind, key] = [text.slice(0, at), text.slice(at + 1)]
  return [idOf(alias(kind, key)), ...(kind === 'package' ? [`package ${key}`] : [])]
}
