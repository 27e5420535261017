/** How the modules of a config are found: `copse` is the running one from any directory, and files can be read anew. */
import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'

/** An import that led nowhere. */
export interface DeadImport {
  readonly specifier: string
  /** The file that has it. */
  readonly parent: string
}

/** What is known of a config's modules while they are imported. */
export interface Modules {
  /** The config's own files, in the order in which they were found. */
  readonly files: ReadonlySet<string>
  readonly dead: readonly DeadImport[]
}

const source = new URL('..', import.meta.url).href
const parts = new Map([
  ['copse', import.meta.resolve('../index.ts')],
  ['zod', import.meta.resolve('zod')],
])

/** Marks the modules of the second evaluation; Node keeps a module per URL. */
export const again = '?again'

/** Watches and redirects all imports of this thread until it is disposed of. */
export function watchModules(): Modules & Disposable {
  const files = new Set<string>()
  const dead: DeadImport[] = []
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      const part = parts.get(specifier)
      if (part !== undefined) return { ...next(part, context), shortCircuit: true }
      const { parentURL = '' } = context
      try {
        const found = next(specifier, context)
        if (!isConfigs(found.url)) return found
        files.add(fileURLToPath(found.url))
        const url = isConfigs(parentURL) && parentURL.endsWith(again) ? withMark(found.url) : found.url
        return /\.m?ts$/.test(new URL(url).pathname)
          ? { ...found, url, format: 'module-typescript' }
          : { ...found, url }
      } catch (error) {
        if (isConfigs(parentURL)) dead.push({ specifier, parent: fileURLToPath(parentURL) })
        throw error
      }
    },
  })
  return { files, dead, [Symbol.dispose]: () => hooks.deregister() }
}

/** Is it a file of the config, neither one of copse's own nor an installed package? */
function isConfigs(url: string): boolean {
  return url.startsWith('file:') && !url.startsWith(source) && !url.includes('/node_modules/')
}

function withMark(url: string): string {
  return url.endsWith(again) ? url : `${url}${again}`
}
