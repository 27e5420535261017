/** Where in the config something was said. */
import { fileURLToPath } from 'node:url'
import { getCallSites } from 'node:util'

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
  const site = nearest(6) ?? nearest(60)
  if (!site) return { file: '<unknown>', line: 1, column: 1 }
  return { file: pathOf(site.scriptName), line: site.lineNumber, column: site.columnNumber }
}

/** Builders are a few calls deep, and each frame costs. */
function nearest(frames: number) {
  return getCallSites(frames).find(({ scriptName }) => isCaller(scriptName))
}

/** The first frame of an error's stack that is a config's or a role's; undefined when there is none. */
export function siteOf(stack: string): Place | undefined {
  for (const frame of stack.split('\n')) {
    const match = /^ +at (?:.*?\()?((?:file:\/\/)?\/.*?):(\d+):(\d+)\)?$/.exec(frame)
    const [, script = '', line, column] = match ?? []
    if (match && isCaller(script)) return { file: pathOf(script), line: Number(line), column: Number(column) }
  }
  return undefined
}

const url = new URL('..', import.meta.url)
const root = fileURLToPath(url)
const builders = ['lib', 'model', 'resources', 'probes', 'config'].flatMap((folder) => [
  `${url.href}${folder}/`,
  `${root}${folder}/`,
])

/** Builders are copse's own files but for its roles, which are callers like a user's. */
function isCaller(script: string): boolean {
  return (
    /^(file:\/)?\//.test(script) &&
    !script.includes('/node_modules/') &&
    !builders.some((folder) => script.startsWith(folder))
  )
}

/** A script is named by its path or by a URL, whose query tells one evaluation from another. */
function pathOf(script: string): string {
  return script.startsWith('file:') ? fileURLToPath(script) : script
}

/** Is a file one of the running copse's own sources? */
export function isOwnSource(file: string): boolean {
  return file.startsWith(root)
}
