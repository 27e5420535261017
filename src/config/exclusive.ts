/** Tells exclusive directories which of their entries other resources of the host want. */
import type { Resource } from '../model/resource.ts'

/** Fills in `keep` of each exclusive directory: the entries that lead to things of the same host. */
export function keepNamed(resources: readonly Resource[]): readonly Resource[] {
  const keys = resources.map(({ key }) => key)
  return resources.map((resource) => {
    const { kind, key, spec } = resource
    if (kind !== 'directory' || typeof spec !== 'object' || spec === null) return resource
    if (Reflect.get(spec, 'exclusive') !== true) return resource
    const listed: unknown = Reflect.get(spec, 'keep')
    const keep = [...(Array.isArray(listed) ? listed : []), ...entriesUnder(key, keys)]
    return { ...resource, spec: { ...spec, keep: [...new Set(keep)].sort() } }
  })
}

/** First steps of the paths below a directory. */
function entriesUnder(directory: string, paths: readonly string[]): readonly string[] {
  const root = directory === '/' ? '/' : `${directory}/`
  return paths
    .filter((path) => path.startsWith(root) && path !== root)
    .map((path) => path.slice(root.length).split('/')[0] ?? '')
}
