/** Counts of an environment name groups that there are, and no more hosts than are listed. */
import { type Definition, originOf } from '../definition.ts'
import type { Problem } from '../problem.ts'
import { suggest } from '../words.ts'

export function checkCounts(definition: Definition): readonly Problem[] {
  return definition.environments.flatMap(({ name, settings }) =>
    Object.entries(settings.counts).flatMap(([group, count]): readonly Problem[] => {
      const path = ['environments', name, 'counts', group]
      if (!definition.named.groups.includes(group))
        return [
          {
            message: `counts of ${name} names ${group}, which is no group of hosts`,
            hint: suggest(group, definition.named.groups),
            origin: { ...originOf(definition, ...path), isKey: true },
          },
        ]
      const listed = definition.groups.find((candidate) => candidate.name === group)?.hosts.length ?? count
      if (count <= listed) return []
      return [
        {
          message: `counts of ${name} wants ${count} of ${group}, but hosts.${group}.at lists ${listed}`,
          hint: `list more offsets in hosts.${group}.at`,
          origin: originOf(definition, ...path),
        },
      ]
    }),
  )
}
