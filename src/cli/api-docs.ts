/** The public API as documentation, read from the sources that run: nothing that configs can import is left out. */
import { readFileSync } from 'node:fs'
import { type Documented, readEntry, readOptions } from './doc-comments.ts'

/** One exported function or value. */
export interface ApiEntry extends Documented {
  /** The folder that it is from: `resources`. */
  readonly folder: string
  /** What a role takes, as its schema says it. */
  readonly options: string
}

const source = new URL('../', import.meta.url)

/** In the order of src/index.ts. */
export function readApi(): readonly ApiEntry[] {
  const index = readFileSync(new URL('index.ts', source), 'utf8')
  return exportsOf(index).flatMap(({ name, from }) => entriesOf(name, new URL(from, source)))
}

function entriesOf(name: string, file: URL): readonly ApiEntry[] {
  const text = readFileSync(file, 'utf8')
  const folder = file.href.slice(source.href.length).split('/')[0] ?? ''
  const forwarded = exportsOf(text).find((entry) => entry.name === name)
  if (forwarded) return entriesOf(name, new URL(forwarded.from, file))
  const entry = readEntry(text, name)
  if (!entry) return []
  const options = folder === 'roles' ? readOptions(text) : ''
  return [{ ...entry, folder, options }, ...membersOf(name, { text, file, folder })]
}

/** The builders that a value such as `probe` holds: `http: httpProbe`, imported from a file beside it. */
function membersOf(
  name: string,
  { text, file, folder }: { readonly text: string; readonly file: URL; readonly folder: string },
): readonly ApiEntry[] {
  const body = new RegExp(`^export const ${name} = \\{\\n([\\s\\S]*?)\\n\\}`, 'm').exec(text)?.[1] ?? ''
  return [...body.matchAll(/^ {2}(\w+): (\w+),$/gm)].flatMap(([, member = '', builder = '']) => {
    const from = new RegExp(`^import \\{[^}]*\\b${builder}\\b[^}]*\\} from '([^']+)'`, 'm').exec(text)?.[1]
    const entry = from && readEntry(readFileSync(new URL(from, file), 'utf8'), builder)
    if (!entry) return []
    return [
      { ...entry, signature: entry.signature.replace(builder, `${name}.${member}`), folder, options: '' },
    ]
  })
}

function exportsOf(text: string): readonly { readonly name: string; readonly from: string }[] {
  return [...text.matchAll(/^export \{([^}]*)\} from '(\.[^']+)'/gm)].flatMap(([, names = '', from = '']) =>
    names
      .split(',')
      .map((name) => ({ name: name.trim(), from }))
      .filter(({ name }) => name !== ''),
  )
}
