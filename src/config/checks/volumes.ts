/** Volumes have names of their own on their host, and each holds data alone. */
import { standingPath } from '../../resources/on-disk.ts'
import { type Definition, type Group, originOf } from '../definition.ts'
import type { Origin, Problem } from '../problem.ts'
import { name as nameSchema } from '../schema-words.ts'
import { show } from '../words.ts'

/** A machine cannot be made anew around its own system. */
const system = [
  ...['/bin', '/boot', '/dev', '/etc', '/lib', '/proc', '/root', '/run', '/sbin', '/sys', '/usr'],
  ...['/var/cache/apt', '/var/lib/apt', '/var/lib/copse', '/var/lib/dpkg', '/var/lib/systemd', '/var/log'],
]

interface Claim {
  readonly name: string
  readonly path: string
  readonly origin: Origin
}

export function checkVolumes(definition: Definition): readonly Problem[] {
  return definition.groups.flatMap((group) => {
    const claims = claimsOf(definition, group)
    return claims.flatMap((claim, index) => problemsOf(claim, claims.slice(0, index), group))
  })
}

function claimsOf(definition: Definition, { name: group, roles, settings }: Group): readonly Claim[] {
  // Whatever any environment brings along must fit.
  const acme = definition.environments.map((part) => part.settings.acme).find((one) => one !== undefined)
  const brought = roles.flatMap((role) =>
    Object.entries(role.volumes({ acme })).map(([name, path]) => ({
      name,
      path,
      origin: { place: role.place, path: [] },
    })),
  )
  const own = Object.entries(settings.volumes).map(([name, path]) => ({
    name,
    path,
    origin: originOf(definition, 'hosts', group, 'volumes', name),
  }))
  return [...brought, ...own]
}

function problemsOf(
  { name, path, origin }: Claim,
  before: readonly Claim[],
  group: Group,
): readonly Problem[] {
  const tell = (message: string): readonly Problem[] => [{ message, origin }]
  if (!nameSchema.safeParse(name).success || name.length > 20)
    return tell(
      `${show(name)} cannot be the name of a volume: at most 20 lower-case letters, digits and hyphens`,
    )
  if (!standingPath.safeParse(path).success)
    return tell(`the volume ${name}: ${show(path)} must be the absolute path of a directory`)
  const part = system.find((other) => isWithin(path, other) || isWithin(other, path))
  if (part !== undefined) return tell(`the volume ${name}: ${path} and ${part}, which is no data, overlap`)
  if (before.some((other) => other.name === name))
    return tell(`${group.name} has two volumes with the name ${name}`)
  const other = before.find((one) => isWithin(path, one.path) || isWithin(one.path, path))
  return other
    ? tell(`on ${group.name}, the volumes ${other.name} (${other.path}) and ${name} (${path}) overlap`)
    : []
}

function isWithin(path: string, directory: string): boolean {
  return path === directory || path.startsWith(`${directory}/`)
}
