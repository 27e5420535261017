/** A value that no printout shows: it is got by one explicit call. */

/** What stands for it wherever it would have been shown. */
export const concealed = '[secret]'

/** Prints itself as `[secret]`, as text, as JSON and to a debugger. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The value itself: for what goes to a host, to an encrypted file, or to whoever asked for it. */
  reveal(): string {
    return this.#value
  }

  toString(): string {
    return concealed
  }

  toJSON(): string {
    return concealed
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return concealed
  }
}

/** Shorter values would be found in words that have nothing to do with them. */
const shortest = 6

/** Replaces secret values in a text, also as JSON, URLs and base64 write them, and single lines of long ones. */
export function concealer(secrets: Iterable<Secret>): (text: string) => string {
  const needles = [...secrets].flatMap((secret) => formsOf(secret.reveal()))
  const longestFirst = [...new Set(needles)].sort((a, b) => b.length - a.length)
  return (text) => {
    // The end of one value may be the begin of another: what is whole goes first.
    const whole = longestFirst.reduce((shown, needle) => shown.replaceAll(needle, () => concealed), text)
    return longestFirst.reduce(cutEnds, whole)
  }
}

/** A log that was cut short may begin or end within a value. */
function cutEnds(text: string, needle: string): string {
  let shown = text
  for (let length = needle.length - 1; length >= shortest; length--) {
    if (shown.startsWith(needle.slice(-length))) shown = concealed + shown.slice(length)
    if (shown.endsWith(needle.slice(0, length))) shown = shown.slice(0, -length) + concealed
  }
  return shown
}

function formsOf(value: string): readonly string[] {
  const lines = value.includes('\n') ? value.split('\n').map((line) => line.trim()) : []
  return [value, value.trim(), ...lines.filter((line) => line.length >= 2 * shortest)]
    .filter((form) => form.length >= shortest)
    .flatMap((form) => [
      form,
      JSON.stringify(form).slice(1, -1),
      encodeURIComponent(form),
      Buffer.from(form).toString('base64'),
      Buffer.from(form).toString('hex'),
    ])
}
