/** Brings a host's resources into one list: each thing once, and only things that fit together. */
import { dirname, relative } from 'node:path'
import type { Host } from '../model/environment.ts'
import { formatPlace, isOwnSource, type Place } from '../model/place.ts'
import type { Resource } from '../model/resource.ts'
import { kindNamed } from '../resources/index.ts'
import type { Bound } from '../resources/kind.ts'
import { withSources } from '../resources/sources.ts'
import { idsOf } from '../resources/unit-stamp.ts'
import type { Accepted } from './accept.ts'
import { attempt } from './attempt.ts'
import { keepNamed } from './exclusive.ts'
import { field } from './field.ts'
import { masksWanted, withoutYielding } from './masks.ts'
import type { Problem } from './problem.ts'
import { shutsOut } from './way-in.ts'
import { suggest } from './words.ts'

/** A resource with its kind's view of it. */
interface Item {
  readonly resource: Resource
  readonly bound: Bound
}

/** Reads a file of the controller; throws with the reason. */
export type Read = (file: string) => Uint8Array

export function mergeResources(
  host: Host,
  resources: readonly Resource[],
  read: Read,
): Accepted<readonly Resource[]> {
  const bound = withoutYielding(resources).map((resource) => bind(resource, read))
  const items = bound.flatMap(({ value }) => value ?? [])
  const firsts = items.filter(
    (item, index) => items.findIndex(({ bound: { id } }) => id === item.bound.id) === index,
  )
  const wanted = firsts.map(({ resource }) => resource)
  return {
    value: keepNamed(wanted),
    problems: [
      ...bound.flatMap(({ problems }) => problems),
      ...items.flatMap((item) => contradiction(host, item, firsts)),
      ...firsts.flatMap((item) => deadNames(host, item, firsts)),
      ...wanted.flatMap((resource) => shutsOut(host, resource)),
      ...wanted.flatMap((resource) => masksWanted(host, resource, wanted)),
    ],
  }
}

/** Resources are data, which a role may also have made by hand: their kind must know them. */
function bind(resource: Resource, read: Read): Accepted<Item> {
  const kind = kindNamed(resource.kind)
  const origin = { place: resource.place, path: [] }
  if (!kind) return { problems: [{ message: `${resource.kind} is no kind of resource`, origin }] }
  return attempt(undefined, resource.place, () => {
    const whole = withSources(resource, read)
    return { resource: whole, bound: kind.bind(whole) }
  })
}

function contradiction(host: Host, { resource, bound }: Item, firsts: readonly Item[]): readonly Problem[] {
  const first = firsts.find((other) => other.bound.id === bound.id)
  if (!first || first.bound === bound || first.bound.digest === bound.digest) return []
  const [place, other] = blameOrder(resource.place, first.resource.place)
  return [
    {
      message: `${host.name} is to have ${bound.id} in two ways: here and at ${besides(place, other)}`,
      hint: 'leave one of them out, or make them alike',
      origin: { place, path: [] },
    },
  ]
}

/** The other place, its file as seen from the directory of the first's. */
export function besides(place: Place, other: Place): string {
  return formatPlace({ ...other, file: relative(dirname(place.file), other.file) })
}

/** The later of two lines is to blame, unless it is one of copse's own. */
function blameOrder(later: Place, earlier: Place): readonly [Place, Place] {
  return isOwnSource(later.file) && !isOwnSource(earlier.file) ? [earlier, later] : [later, earlier]
}

/** A unit may only wait for changes of things that its host has. */
function deadNames(host: Host, { resource }: Item, items: readonly Item[]): readonly Problem[] {
  const names = namesIn(resource.spec)
  if (names.length === 0) return []
  const keys = items.map(({ bound }) => bound.key)
  const ids = items.map(({ bound }) => bound.id)
  return names
    .filter((name) => ![name, ...idsOf(name)].some((one) => keys.includes(one) || ids.includes(one)))
    .map((name) => ({
      message: `${resource.kind} ${resource.key} on ${host.name} ${resource.kind === 'command' ? 'runs' : 'restarts'} on ${name}, which the host does not have`,
      hint: suggest(name, keys),
      origin: { place: resource.place, path: [] },
    }))
}

function namesIn(spec: unknown): readonly string[] {
  return ['restartOn', 'reloadOn', 'runOn']
    .map((name) => field(spec, name))
    .flatMap((names) => (Array.isArray(names) ? names : []))
    .filter((name) => typeof name === 'string')
}
