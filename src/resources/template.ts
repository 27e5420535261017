/** Fills `{{name}}` in a text: every placeholder must have a value, and every value a placeholder. */

/** A template that was read, with what goes into it. */
interface Template {
  readonly file: string
  readonly text: string
  readonly values: Readonly<Record<string, string | number>>
}

/** The filled text, and what does not fit; values are put in as they are and not looked at again. */
export function fillTemplate({ file, text, values }: Template): {
  readonly text: string
  readonly problems: readonly string[]
} {
  const used = new Set<string>()
  const problems: string[] = []
  const filled = text.replaceAll(/\{\{(.*?)\}\}/g, (placeholder, inner: string, at: number) => {
    const name = inner.trim()
    used.add(name)
    const value = Object.hasOwn(values, name) ? values[name] : undefined
    if (value !== undefined) return String(value)
    problems.push(
      `${file}:${lineAt(text, at)}: ${placeholder} has no value; there are ${listOf(Object.keys(values))}`,
    )
    return placeholder
  })
  const unused = Object.keys(values).filter((name) => !used.has(name))
  return {
    text: filled,
    problems: [...problems, ...unused.map((name) => `${file} does not use {{${name}}}`)],
  }
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length
}

function listOf(names: readonly string[]): string {
  return names.length > 0 ? names.join(', ') : 'none'
}
