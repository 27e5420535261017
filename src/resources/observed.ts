/** Reads what the kinds' observe scripts print, and gives those scripts their common words. */
import type { Found } from './kind.ts'

/**
 * Shell functions for observe scripts: `enc` percent-encodes standard input, so that any value fits into one field.
 * `each FUNCTION` calls it with key and hint for each line of standard input.
 */
export const observeWords = `enc() { sed -e 's/%/%25/g' -e 's/\\t/%09/g' | awk 'NR > 1 { printf "%%0A" } { printf "%s", $0 }'; }
tab=$(printf '\\t')
each() { while IFS= read -r line; do "$1" "\${line%%"$tab"*}" "\${line#*"$tab"}"; done; }`

/** One thing's fields, and the digest that guards the plan is over the raw line. */
export interface ObservedLine {
  readonly found: Found
  readonly raw: string
}

/** Parses one kind's output: a line per thing that exists, by key. */
export function parseObserved(output: string): ReadonlyMap<string, ObservedLine> {
  const entries = output
    .split('\n')
    .filter((line) => line !== '')
    .map((raw) => {
      const [key = '', ...fields] = raw.split('\t')
      return [key, { found: Object.fromEntries(fields.map(parseField)), raw }] as const
    })
  return new Map(entries)
}

function parseField(field: string): readonly [string, string] {
  const at = field.indexOf('=')
  return [field.slice(0, at), decode(field.slice(at + 1))]
}

/** The opposite of the scripts' `enc`. */
function decode(value: string): string {
  return value.replaceAll(/%(09|0A|25)/g, (_all, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  )
}
