/** Where a page of modules ended, as text that clients pass back and need not understand. */
import { z } from 'zod'
import { Problem } from '../http/problem.ts'

const place = z.tuple([z.string(), z.string()])

/** A module's folder and name, by which lists are ordered. */
export type Place = z.output<typeof place>

export function encodeCursor(end: Place): string {
  return Buffer.from(JSON.stringify(end)).toString('base64url')
}

/** Throws Problem 400. */
export function decodeCursor(text: string): Place {
  try {
    const found = place.parse(JSON.parse(Buffer.from(text, 'base64url').toString()))
    // PostgreSQL refuses it, for which a client that made it up is to blame.
    if (!found.join('').includes('\0')) return found
  } catch {
    // Said below.
  }
  throw new Problem(400, 'Some of the values that were sent are not right.', [
    { path: 'query.after', message: 'must be what `next` of a page was' },
  ])
}
