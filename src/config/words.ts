/** How messages name settings, values and what was probably meant; nothing in them can upset a terminal. */

const longest = 400
const listed = 16

/** Text of any origin on one line, without control characters, cut where it is very long. */
export function printable(text: string): string {
  const line = text
    .trim()
    .replaceAll(/\s+/gu, ' ')
    .replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, asEscape)
  return line.length > longest ? `${line.slice(0, longest)}...` : line
}

function asEscape(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`
}

/** A value in a message: text in quotes and cut, objects by what they are. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}...` : value)
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'object' && value !== null) return 'an object'
  return String(value)
}

/** `hosts.web.at[1]`. */
export function showPath(path: readonly PropertyKey[]): string {
  return path.map(showStep).join('').replace(/^\./, '')
}

function showStep(step: PropertyKey): string {
  if (typeof step === 'number') return `[${step}]`
  return /^[\w$-]+$/.test(String(step)) ? `.${String(step)}` : `[${show(String(step))}]`
}

/** `did you mean subnet?`, or the list of what there is. */
export function suggest(word: string, known: readonly string[]): string {
  const near = closest(word, known)
  if (near !== undefined) return `did you mean ${near}?`
  if (known.length === 0) return 'there are none'
  return `there are: ${known.slice(0, listed).join(', ')}${known.length > listed ? ', ...' : ''}`
}

/** The known word that is at most a third of the letters away; undefined when there is none. */
export function closest(word: string, known: readonly string[]): string | undefined {
  if (word.length > 64) return undefined
  const [best] = known
    .map((candidate) => ({ candidate, away: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, away }) => away <= Math.max(1, Math.floor(candidate.length / 3)))
    .sort((a, b) => a.away - b.away)
  return best?.candidate
}

/** Letters to insert, delete, replace or swap with their neighbour (optimal string alignment). */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      const steps = [at(row, j - 1) + 1, at(rows[i - 1], j) + 1, at(rows[i - 1], j - 1) + cost]
      if (a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) steps.push(at(rows[i - 2], j - 2) + 1)
      row.push(Math.min(...steps))
    }
    rows.push(row)
  }
  return at(rows[a.length], b.length)
}

function at(row: readonly number[] | undefined, index: number): number {
  return row?.[index] ?? Number.POSITIVE_INFINITY
}
