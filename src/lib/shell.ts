/** Shell text in which every value is quoted: the only way copse writes a script. */

/** A piece of POSIX shell. Made by `sh`, so that values are never part of its text unquoted. */
export interface Shell {
  readonly shell: string
}

type Value = string | number | Shell | readonly (string | number)[]

/** Quotes one word for POSIX sh. Throws on NUL, which no argument can carry. */
export function quote(word: string): string {
  if (word.includes('\0')) throw new TypeError('a shell word cannot contain a NUL byte')
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

/** Template tag: strings and numbers become one quoted word, arrays several, nested Shell stays as it is. */
export function sh(text: TemplateStringsArray, ...values: Value[]): Shell {
  return { shell: String.raw({ raw: text }, ...values.map(render)) }
}

/** Several commands, one after another. */
export function lines(parts: readonly Shell[]): Shell {
  return { shell: parts.map((part) => part.shell).join('\n') }
}

function render(value: Value): string {
  if (typeof value === 'string') return quote(value)
  if (typeof value === 'number') return String(value)
  if ('shell' in value) return value.shell
  return value.map((word) => quote(String(word))).join(' ')
}
