/** The header If-Match, which says which version of a module a change was made from. */
import { newestVersion } from '../modules/schemas.ts'
import type { Expected } from '../modules/store.ts'
import { Problem } from './problem.ts'

/** The versions it names; null for `*`, any. A tag that is weak or not ours matches none, as RFC 9110 has it. Throws Problem 428. */
export function parseIfMatch(header: string | undefined): Expected {
  if (header === undefined)
    throw new Problem(428, 'Say in If-Match which version you changed: the ETag that you read.')
  if (header.trim() === '*') return null
  return header
    .split(',')
    .flatMap((tag) => /^"([1-9]\d{0,9})"$/.exec(tag.trim())?.[1] ?? [])
    .map(Number)
    .filter((version) => version <= newestVersion)
}
