/** Text of other machines made safe for a terminal: no control sequence reaches it. */

/** Writes control characters but tab and newline as `\x1b`, so that output from a host cannot steer the terminal. */
export function printable(text: string): string {
  return text.replaceAll(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
    /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
}

/** The same on one line. */
export function printableLine(text: string): string {
  return printable(text.trim().replaceAll(/\s*\n\s*/g, '; '))
}
