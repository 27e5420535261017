/** Tells exclusive directories which of their entries other resources of the host want. */
import type { Resource } from '../model/resource.ts'
import { field } from './field.ts'

/** Fills in `keep` of each exclusive directory: the entries that lead to things of the same host. */
export function keepNamed(resources: readonly Resource[]): readonly Resource[] {
  const paths = resources.map(pathOf)
  return resources.map((resource) => {
    const { kind, key, spec } = resource
    if (kind !== 'directory' || !isExclusive(spec)) return resource
    const listed = field(spec, 'keep')
    const keep = [...(Array.isArray(listed) ? listed : []), ...entriesUnder(key, paths)]
    return { ...resource, spec: { ...spec, keep: [...new Set(keep)].sort() } }
  })
}

/** Where a thing stands; some kinds' keys hold more than that. */
function pathOf({ key, spec }: Resource): string {
  const path = field(spec, 'path')
  return typeof path === 'string' ? path : key
}

function isExclusive(spec: unknown): spec is object {
  return field(spec, 'exclusive') === true
}

/** First steps of the paths below a directory. */
function entriesUnder(directory: string, paths: readonly string[]): readonly string[] {
  const root = directory === '/' ? '/' : `${directory}/`
  return paths
    .filter((path) => path.startsWith(root) && path !== root)
    .map((path) => path.slice(root.length).split('/')[0] ?? '')
}
