/** Reads and parses a config's files: only when there is something to point at. */
import { readFileSync } from 'node:fs'
import type { ParseResult } from 'oxc-parser'
import type { Syntax } from './locate.ts'
import type { LocatedProblem, Problem } from './problem.ts'
import { printable } from './words.ts'

/** A parsed file, with what the parser has to say of it. */
export interface Parsed extends Syntax, Pick<ParseResult, 'errors' | 'module'> {}

/** Parses files that can be read; the parser is not loaded for a config without problems. */
export async function parseFiles(files: Iterable<string>): Promise<ReadonlyMap<string, Parsed>> {
  const { parseSync } = await import('oxc-parser')
  const parsed = new Map<string, Parsed>()
  for (const file of new Set(files)) {
    const text = readable(file)
    if (text === undefined) continue
    const { program, errors, module } = parseSync(file, text, { showSemanticErrors: true })
    parsed.set(file, { text, program, errors, module })
  }
  return parsed
}

function readable(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

/** Each problem once, with its place, in the order of the places. */
export async function locateAll(problems: readonly Problem[]): Promise<readonly LocatedProblem[]> {
  const { locate } = await import('./locate.ts')
  const files = await parseFiles(problems.map(({ origin }) => origin.place.file))
  const located = problems.map(({ message, hint, origin }) => {
    const syntax = files.get(origin.place.file)
    return { message, hint, place: syntax ? locate(syntax, origin) : origin.place }
  })
  return tidy(located)
}

/** Text that any terminal can show, without repetitions. */
export function tidy(problems: readonly LocatedProblem[]): readonly LocatedProblem[] {
  const clean = problems.map(({ message, hint, place }) => ({
    message: printable(message),
    hint: hint === undefined ? undefined : printable(hint),
    place,
  }))
  const unique = new Map(clean.map((problem) => [JSON.stringify([problem.message, problem.place]), problem]))
  return [...unique.values()].toSorted(
    (a, b) => a.place.line - b.place.line || a.place.column - b.place.column,
  )
}
