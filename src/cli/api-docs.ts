/** The public API as documentation: each builder's signature and the sentences above it, read from the sources that run. */
import { readFileSync } from 'node:fs'

/** One exported name. */
export interface ApiEntry {
  readonly name: string
  /** The folder that it is from: `resources`. */
  readonly folder: string
  readonly signature: string
  readonly text: string
}

const source = new URL('../', import.meta.url)

/** Every function and value that configs and roles can import, in the order of src/index.ts. */
export function readApi(): readonly ApiEntry[] {
  const index = readFileSync(new URL('index.ts', source), 'utf8')
  return [...index.matchAll(/^export \{([^}]*)\} from '\.\/([a-z]+)\/([^']+)'/gm)].flatMap(
    ([, names = '', folder = '', file = '']) => {
      const text = readFileSync(new URL(`${folder}/${file}`, source), 'utf8')
      return names
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== '')
        .flatMap((name) => {
          const found = readEntry(text, name)
          return found ? [{ ...found, name, folder }] : []
        })
    },
  )
}

/** The declaration of a name and its doc comment; undefined where it has none. Pure. */
export function readEntry(text: string, name: string): Pick<ApiEntry, 'signature' | 'text'> | undefined {
  const at = new RegExp(`^export (?:async )?(?:function|const) ${name}\\b`, 'm').exec(text)?.index
  if (at === undefined) return undefined
  const before = text.slice(0, at)
  if (!before.endsWith('*/\n')) return undefined
  const comment = before.slice(before.lastIndexOf('/**'))
  return { signature: signatureOf(text.slice(at)), text: plainText(comment) }
}

/** Up to the body of a function, or the value of a constant. */
function signatureOf(text: string): string {
  const end = text.search(/ \{\n| = /)
  const head = text.slice(0, end).replace(/^export (async )?(function|const) /, '')
  return head.replaceAll(/\s+/g, ' ').replace('( ', '(').replace(/,? \)/, ')')
}

function plainText(comment: string): string {
  return comment
    .replace(/^\/\*\*/, '')
    .replace(/\*\/\s*$/, '')
    .replaceAll(/^\s*\* ?/gm, '')
    .trim()
}
