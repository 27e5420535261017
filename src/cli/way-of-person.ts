/** Whether the person at the keyboard has a way in to a host of their own, and which. Pure. */
import type { DesiredHost } from '../model/desired.ts'
import type { Person } from '../model/environment.ts'
import { keysSpecOf } from '../resources/authorized-keys.ts'
import { keyIn, type NamedKey } from './own-keys.ts'

/** Somebody's own way in. */
export interface PersonalWay {
  readonly person: string
  /** The account on the host. */
  readonly user: string
  readonly key: NamedKey
}

/** The first account that the definition opens to a key of one of the environment's people that is at hand. */
export function wayOfPerson(
  { resources }: Pick<DesiredHost, 'resources'>,
  people: readonly Person[],
  own: readonly NamedKey[],
): PersonalWay | undefined {
  const theirs = people.flatMap(({ name, keys }) =>
    own.filter(({ line }) => keys.some((key) => keyIn(key) === line)).map((key) => ({ person: name, key })),
  )
  for (const { user, keys } of resources.flatMap((resource) => keysSpecOf(resource) ?? [])) {
    const found = theirs.find(({ key }) => keys.some((line) => keyIn(line) === key.line))
    if (found) return { ...found, user }
  }
  return undefined
}
