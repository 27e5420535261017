/** Desires every environment of a definition that is sound enough, so that problems of all of them are told at once. */
import type { Desired } from '../model/desired.ts'
import type { Role } from '../model/role.ts'
import type { Ecosystem } from './define.ts'
import type { Definition, EnvironmentPart } from './definition.ts'
import { desire, type Source } from './desire.ts'
import type { Problem } from './problem.ts'
import { recast } from './recast.ts'
import { validate } from './validate.ts'

/** What a definition comes to. */
export interface Wishes {
  /** The names of all environments, sound or not. */
  readonly named: readonly string[]
  readonly desired: readonly Desired[]
  readonly problems: readonly Problem[]
}

/** What is wanted of a definition, and where it came from. */
export interface Scope extends Source {
  /** The environment, where one is enough. */
  readonly only?: string | undefined
  /** The environment that is known already. */
  readonly except?: string | undefined
  /** The environment whose settings those that are wanted are given. */
  readonly as?: string | undefined
}

/** `implicit` are the roles that every host has. */
export function desireEach(
  ecosystem: Ecosystem,
  implicit: readonly Role[],
  { only, except, as, ...source }: Scope,
): Wishes {
  const { definition, problems } = validate(ecosystem, implicit)
  const isWanted = ({ name }: EnvironmentPart) => (only === undefined || name === only) && name !== except
  const wishes = isSound(definition)
    ? definition.environments
        .filter(isWanted)
        .map((part) => recast({ definition, part }, as))
        .map((cast) => desire(cast.definition, cast.part, source))
    : []
  return {
    named: definition.named.environments,
    desired: wishes.flatMap(({ value }) => value ?? []),
    problems: [...problems, ...wishes.flatMap((wish) => wish.problems)],
  }
}

/** Roles may be called: no host is missing, so that none looks for another in vain. */
function isSound({ groups, named }: Definition): boolean {
  return (
    groups.length === named.groups.length &&
    groups.every(({ roles }) => roles.every((role) => role.problems.length === 0))
  )
}
