/** An environment with the settings of another: what then still differs between the two follows from its name alone. Pure. */
import type { Definition, EnvironmentPart, PersonPart } from './definition.ts'

/** One environment of a definition. */
export interface Cast {
  readonly definition: Definition
  readonly part: EnvironmentPart
}

/** `as` is the environment whose settings, machines and people it is given; undefined: it keeps its own. */
export function recast({ definition, part }: Cast, as: string | undefined): Cast {
  const other = definition.environments.find(({ name }) => name === as)
  if (!other) return { definition, part }
  const people = definition.people.map((person) => likewise(person, part.name, other.name))
  return { definition: { ...definition, people }, part: { ...other, name: part.name } }
}

/** Has a way into the one where they have one into the other. */
function likewise(person: PersonPart, name: string, as: string): PersonPart {
  const { environments } = person.settings
  const others = environments.filter((environment) => environment !== name)
  const all = environments.includes(as) ? [...others, name] : others
  return { ...person, settings: { ...person.settings, environments: all } }
}
