/** Reads one entry of `hosts`. */
import type { Place } from '../model/place.ts'
import type { Role } from '../model/role.ts'
import { type Accepted, accept, acceptName, partAt } from './accept.ts'
import type { Group } from './definition.ts'
import { type HostSettings, hostSchema } from './schema.ts'

/** Roles that hosts have without listing them as such. */
export interface Added {
  /** Those of every host, first, unless it lists one of the same name itself. */
  readonly implicit: readonly Role[]
  /** Those of apps, last, on hosts that list the app. */
  readonly apps: readonly Role[]
}

export function readGroup(
  place: Place,
  [key, value]: readonly [string, unknown],
  { implicit, apps }: Added,
): Accepted<Group> {
  const named = acceptName(place, 'hosts', key)
  const { value: settings, problems } = accept(hostSchema, partAt(place, value, 'hosts', key))
  if (!settings) return { problems: [...named.problems, ...problems] }
  const nearest = settings.roles[0]?.place ?? place
  const added = implicit.filter(({ name }) => !settings.roles.some((role) => role.name === name))
  const group: Group = {
    name: key,
    settings,
    place: nearest,
    hosts: numbered(key, settings),
    roles: [
      ...added.map((role) => ({ ...role, place: nearest })),
      ...settings.roles,
      ...apps.filter(({ name }) => settings.apps.includes(name)),
    ],
  }
  return named.value === undefined ? { problems: named.problems } : { value: group, problems }
}

function numbered(group: string, { at }: HostSettings): Group['hosts'] {
  const names = hostNames(group, at)
  return [at].flat().map((offset, index) => ({ name: names[index] ?? group, at: offset }))
}

/** `web1`, `web2` for a list of offsets; the group's own name for a single one. */
export function hostNames(group: string, at: unknown): readonly string[] {
  return Array.isArray(at) ? at.map((_, index) => `${group}${index + 1}`) : [group]
}
