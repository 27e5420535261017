/** Colours of the output, and whether a stream wants them. */
import { styleText } from 'node:util'

/** What a piece of text means; the colour follows. */
export type Meaning = 'good' | 'bad' | 'change' | 'strong' | 'faint'

/** Dresses a text; the identity where colours are off. */
export type Paint = (meaning: Meaning, text: string) => string

const formats = { good: 'green', bad: 'red', change: 'yellow', strong: 'bold', faint: 'dim' } as const

/** Text as it is. */
export const plainPaint: Paint = (_meaning, text) => text

/** Text with ANSI colours. */
export const colourPaint: Paint = (meaning, text) =>
  text === '' ? '' : styleText(formats[meaning], text, { validateStream: false })

/** The variables of the process that decide about colours and terminals. */
export type Variables = Readonly<Record<string, string | undefined>>

/** FORCE_COLOR wins over NO_COLOR, as in Node itself; `--no-color` wins over both. */
export function wantsColour(isTerminal: boolean, variables: Variables, flag: boolean): boolean {
  const { FORCE_COLOR: forced, NO_COLOR: refused, TERM } = variables
  if (!flag) return false
  if (forced !== undefined) return forced !== '0' && forced !== 'false'
  if (refused) return false
  return isTerminal && TERM !== 'dumb'
}
