/** People are named once, and have a way into environments that there are. */
import { type Definition, originOf } from '../definition.ts'
import type { Problem } from '../problem.ts'
import { suggest } from '../words.ts'

export function checkPeople(definition: Definition): readonly Problem[] {
  const { people, named } = definition
  return people.flatMap(({ index, settings }, position) => {
    const isTwice = people.slice(0, position).some((other) => other.settings.name === settings.name)
    const again: readonly Problem[] = isTwice
      ? [
          {
            message: `${settings.name} is listed twice`,
            origin: originOf(definition, 'people', index, 'name'),
          },
        ]
      : []
    const strangers = settings.environments.flatMap((environment, at): readonly Problem[] =>
      named.environments.includes(environment)
        ? []
        : [
            {
              message: `${settings.name} has a way into ${environment}, which is no environment`,
              hint: suggest(environment, named.environments),
              origin: originOf(definition, 'people', index, 'environments', at),
            },
          ],
    )
    return [...again, ...strangers]
  })
}
