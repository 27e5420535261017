/** Why a config could not be evaluated, as problems with their places: syntax, imports, and what it threw. */
import { fileURLToPath } from 'node:url'
import { isOwnSource, type Place } from '../model/place.ts'
import { blamed, messageOf } from './attempt.ts'
import type { Modules } from './load-modules.ts'
import { type Parsed, parseFiles, tidy } from './load-syntax.ts'
import { positionOf } from './position.ts'
import { type LocatedProblem, PlacedError } from './problem.ts'
import { closest } from './words.ts'

/** What is known when the evaluation of `file` ended with an error. */
export interface Trouble {
  readonly error: unknown
  readonly file: string
  readonly modules: Modules
  /** What `copse` exports. */
  readonly exported: readonly string[]
}

/** At least one problem, the most telling first. */
export async function explain(trouble: Trouble): Promise<readonly LocatedProblem[]> {
  const { error, file, modules, exported } = trouble
  const thrown = { message: messageOf(error), hint: error instanceof PlacedError ? error.hint : undefined }
  const place = placeIn(error) ?? { file, line: 1, column: 1 }
  if (!isAboutModules(error)) return tidy([{ ...thrown, place }])
  const parsed = await parseFiles([file, ...modules.files])
  const found = [...parsed].map(([path, syntax]) => ({
    syntax: syntaxErrors(path, syntax),
    imports: [...deadImports(path, syntax, modules), ...missingExports(path, syntax, exported)],
  }))
  const [syntax, imports] = [found.flatMap((one) => one.syntax), found.flatMap((one) => one.imports)]
  const told = syntax.length > 0 ? syntax : imports
  return tidy(told.length > 0 ? told : [{ ...thrown, place }])
}

/** The line of the config that threw, unless copse itself did. */
function placeIn(error: unknown): Place | undefined {
  const place = blamed(error)
  if (place && !isOwnSource(place.file)) return place
  return error instanceof Error ? markedPlace(error.stack ?? '') : undefined
}

/** Errors of compiling and linking begin with `file:///...:LINE`, the line's text and a mark under the place. */
function markedPlace(stack: string): Place | undefined {
  const match = /^(file:\/\/\S+?)(?:\?\w*)?:(\d+)\n/.exec(stack)
  const [, url = '', line] = match ?? []
  if (!match) return undefined
  const mark = stack.split('\n').find((one) => /^ *\^+$/.test(one)) ?? '^'
  return { file: fileURLToPath(url), line: Number(line), column: mark.indexOf('^') + 1 }
}

function isAboutModules(error: unknown): boolean {
  return error instanceof SyntaxError || (error instanceof Error && 'code' in error)
}

function syntaxErrors(file: string, { text, errors }: Parsed): readonly LocatedProblem[] {
  return errors.map(({ message, helpMessage, labels }) => ({
    message,
    hint: helpMessage ?? undefined,
    place: { file, ...positionOf(text, labels.at(-1)?.start ?? 0) },
  }))
}

function deadImports(file: string, { text, module }: Parsed, { dead }: Modules): readonly LocatedProblem[] {
  return module.staticImports
    .filter(({ moduleRequest }) =>
      dead.some(({ specifier, parent }) => parent === file && specifier === moduleRequest.value),
    )
    .map(({ moduleRequest: { value, start } }) => ({
      message: `there is no module ${value}`,
      hint: /^\.{0,2}\//.test(value)
        ? 'write the whole path of the file, with .ts at its end'
        : 'install it beside the config',
      place: { file, ...positionOf(text, start) },
    }))
}

function missingExports(
  file: string,
  { text, module }: Parsed,
  exported: readonly string[],
): readonly LocatedProblem[] {
  return module.staticImports
    .filter(({ moduleRequest }) => moduleRequest.value === 'copse')
    .flatMap(({ entries }) => entries)
    .filter(
      ({ isType, importName }) => !isType && importName.name !== null && !exported.includes(importName.name),
    )
    .map(({ importName: { name, start } }) => ({
      message: `copse exports no ${name}`,
      hint: hintFor(name ?? '', exported),
      place: { file, ...positionOf(text, start ?? 0) },
    }))
}

function hintFor(name: string, exported: readonly string[]): string {
  const near = closest(name, exported)
  return near === undefined ? `a type is imported by: import type { ${name} }` : `did you mean ${near}?`
}

/** What is exported by default is no ecosystem, or nothing is. */
export async function explainExport(file: string): Promise<readonly LocatedProblem[]> {
  const parsed = (await parseFiles([file])).get(file)
  const statement = parsed?.program.body.find(({ type }) => type === 'ExportDefaultDeclaration')
  const position = parsed && statement ? positionOf(parsed.text, statement.start) : { line: 1, column: 1 }
  const message = statement
    ? 'the default export is not made by defineEcosystem'
    : 'the config has no default export'
  return tidy([{ message, hint: 'export default defineEcosystem({ ... })', place: { file, ...position } }])
}
