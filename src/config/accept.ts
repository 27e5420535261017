/** Compares one part of a definition with its schema. */
import type { z } from 'zod'
import type { Place } from '../model/place.ts'
import { type Part, problemsOf } from './issues.ts'
import type { Problem } from './problem.ts'
import { name } from './schema-words.ts'

/** A part that was read: its value when it is valid, and what is wrong with it. */
export interface Accepted<Value> {
  readonly value?: Value
  readonly problems: readonly Problem[]
}

/** The value as the schema gives it back, with its defaults. */
export function accept<Value>(schema: z.ZodType<Value>, part: Part): Accepted<Value> {
  const parsed = schema.safeParse(part.value)
  return parsed.success
    ? { value: parsed.data, problems: [] }
    : { problems: problemsOf(parsed.error.issues, part) }
}

/** A value of the definition, by the way to it from the call of defineEcosystem. */
export function partAt(place: Place, value: unknown, ...path: readonly PropertyKey[]): Part {
  return { value, origin: { place, path: [0, ...path] }, called: path }
}

/** The name of an environment or a group: a key of the definition. */
export function acceptName(place: Place, ...path: readonly [list: string, key: string]): Accepted<string> {
  const part = partAt(place, path[1], ...path)
  return accept(name, { ...part, origin: { ...part.origin, isKey: true } })
}
