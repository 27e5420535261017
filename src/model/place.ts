/** Where in the config something was said. */
import { fileURLToPath } from 'node:url'

/** A position in a source file; line and column count from 1. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** `file:line:column`, as editors and compilers write it. */
export function formatPlace(place: Place): string {
  return `${place.file}:${place.line}:${place.column}`
}

/** The nearest caller outside copse's builders: the line of the config or role that asked. */
export function callSite(): Place {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 25
  const stack = new Error().stack ?? ''
  Error.stackTraceLimit = limit
  return siteOf(stack) ?? { file: '<unknown>', line: 1, column: 1 }
}

/** The first frame of a stack trace that is a config's or a role's; undefined when there is none. */
export function siteOf(stack: string): Place | undefined {
  return stack
    .split('\n')
    .map(parseFrame)
    .find((place) => place !== undefined && !isBuilder(place.file))
}

/** A file is named by its path or by a URL, whose query tells one evaluation from another. */
function parseFrame(frame: string): Place | undefined {
  const match = /^ +at (?:.*?\()?(file:\/\/)?(\/.*?)(?:\?[^:/]*)?:(\d+):(\d+)\)?$/.exec(frame)
  if (!match) return undefined
  const [, scheme, path = '', line, column] = match
  const file = scheme ? fileURLToPath(`file://${path}`) : path
  return { file, line: Number(line), column: Number(column) }
}

const root = fileURLToPath(new URL('..', import.meta.url))
const builders = ['lib', 'model', 'resources', 'probes', 'config'].map((folder) => `${root}${folder}/`)

/** Is a file one of the running copse's own sources? */
export function isOwnSource(file: string): boolean {
  return file.startsWith(root)
}

/** Builders are copse's own files but for its roles, which are callers like a user's. */
function isBuilder(file: string): boolean {
  return file.includes('/node_modules/') || builders.some((folder) => file.startsWith(folder))
}
