/** `after` names hosts that there are, and no host waits for itself. */
import { type Definition, type Group, originOf } from '../definition.ts'
import type { Problem } from '../problem.ts'
import { suggest } from '../words.ts'

export function checkOrder(definition: Definition): readonly Problem[] {
  return definition.groups.flatMap((group) => [...unknown(definition, group), ...circle(definition, group)])
}

function unknown(definition: Definition, group: Group): readonly Problem[] {
  const known = [...new Set([...definition.named.groups, ...definition.named.hosts])]
  return group.settings.after.flatMap((name, index) =>
    known.includes(name)
      ? []
      : [
          {
            message: `${group.name} comes after ${name}, which is neither a host nor a group`,
            hint: suggest(name, known),
            origin: originOf(definition, 'hosts', group.name, 'after', index),
          },
        ],
  )
}

/** Each circle is told once, by the first of its groups in the definition. */
function circle(definition: Definition, group: Group): readonly Problem[] {
  const way = wayBack(definition, [group])
  const names = definition.groups.map(({ name }) => name)
  if (!way || way.some((other) => names.indexOf(other.name) < names.indexOf(group.name))) return []
  const told = [...way, group].map(({ name }) => name).join(' after ')
  return [
    {
      message: `${group.name} would wait for itself: ${told}`,
      origin: originOf(definition, 'hosts', group.name, 'after'),
    },
  ]
}

/** The shortest chain of groups that leads from the first back to it. */
function wayBack(definition: Definition, start: readonly [Group]): readonly Group[] | undefined {
  const [first] = start
  const ways: (readonly Group[])[] = [start]
  const seen = new Set<Group>()
  for (const way of ways) {
    for (const next of waitsFor(definition, way.at(-1) ?? first)) {
      if (next === first) return way
      if (!seen.has(next)) ways.push([...way, next])
      seen.add(next)
    }
  }
  return undefined
}

function waitsFor({ groups }: Definition, group: Group): readonly Group[] {
  return groups.filter(({ name, hosts }) =>
    group.settings.after.some((word) => word === name || hosts.some((host) => host.name === word)),
  )
}
