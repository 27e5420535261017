/** A unit is either to run or masked; what packages start by themselves is masked only where nobody wants it. */
import type { Host } from '../model/environment.ts'
import type { Resource } from '../model/resource.ts'
import { field } from './field.ts'
import type { Problem } from './problem.ts'

/** Without the masks that give way to a unit of the same name. */
export function withoutYielding(resources: readonly Resource[]): readonly Resource[] {
  return resources.filter(
    (resource) => !(yields(resource) && resources.some((other) => isWanted(other, resource))),
  )
}

/** What is wrong with a resource, if it masks what another one starts. */
export function masksWanted(
  host: Host,
  resource: Resource,
  resources: readonly Resource[],
): readonly Problem[] {
  if (resource.kind !== 'mask' || !resources.some((other) => isWanted(other, resource))) return []
  const message = `${host.name} is to have the unit ${resource.key}, and to have it masked`
  return [{ message, origin: { place: resource.place, path: [] } }]
}

function yields({ kind, spec }: Resource): boolean {
  return kind === 'mask' && field(spec, 'unlessWanted') === true
}

function isWanted(other: Resource, { key }: Resource): boolean {
  return other.kind === 'unit' && other.key === key
}
