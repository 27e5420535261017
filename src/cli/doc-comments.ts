/** Reads declarations and the sentences above them out of TypeScript source in house style. Pure. */

/** A declaration as documentation. */
export interface Documented {
  readonly signature: string
  readonly text: string
}

/** The declaration of an exported name; undefined when the source has none with a doc comment. */
export function readEntry(source: string, name: string): Documented | undefined {
  const at = new RegExp(`^export (?:async )?(?:function|const) ${name}\\b`, 'm').exec(source)?.index
  const before = source.slice(0, at)
  if (at === undefined || !before.endsWith('*/\n')) return undefined
  const comment = before.slice(before.lastIndexOf('/**'))
  const declaration = source.slice(at).replace(/^export (async )?(function|const) /, '')
  return { signature: signatureOf(declaration), text: plainText(comment) }
}

/** A function with its parameters and result, on one line; of anything else the name. */
function signatureOf(declaration: string): string {
  const [name = ''] = /^\w+/.exec(declaration) ?? []
  const first = declaration.indexOf('(')
  if (!/^\w+(<[^(]*>)?\(/.test(declaration)) return name
  const last = closing(declaration, first)
  const result = /^[^{]*/.exec(declaration.slice(last + 1))?.[0] ?? ''
  const parameters = declaration
    .slice(first + 1, last)
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replace(/,$/, '')
  return `${name}(${parameters})${result.trimEnd()}`
}

/** Where the bracket at `from` is closed. */
function closing(text: string, from: number): number {
  let depth = 0
  for (let at = from; at < text.length; at++) {
    if (text[at] === '(') depth++
    if (text[at] === ')') depth--
    if (depth === 0) return at
  }
  return text.length
}

function plainText(comment: string): string {
  return comment
    .replace(/^\/\*\*/, '')
    .replace(/\*\/\s*$/, '')
    .replaceAll(/^\s*\* ?/gm, '')
    .trim()
}

/** The body of `const options = z.strictObject({ ... })`, as roles write theirs; empty where there is none. */
export function readOptions(source: string): string {
  return /^const options = z\.strictObject\(\{\n([\s\S]*?)\n\}\)$/m.exec(source)?.[1] ?? ''
}
