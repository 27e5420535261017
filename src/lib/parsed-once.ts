/** What a schema has given back is not checked against it again: it is frozen. */
import type { z } from 'zod'

/** By schema, the objects that it gave back. */
const given = new WeakMap<z.ZodType, WeakSet<object>>()

/** The value as the schema gives it back; throws what the schema throws. */
export function parsedOnce<Value>(schema: z.ZodType<Value>, raw: unknown): Value {
  return isGiven(schema, raw) ? raw : remember(schema, schema.parse(raw))
}

/** For values that the schema has given back already. */
export function remember<Value>(schema: z.ZodType<Value>, value: Value): Value {
  if (typeof value !== 'object' || value === null) return value
  freeze(value)
  const values = given.get(schema) ?? new WeakSet()
  given.set(schema, values.add(value))
  return value
}

function isGiven<Value>(schema: z.ZodType<Value>, raw: unknown): raw is Value {
  return typeof raw === 'object' && raw !== null && (given.get(schema)?.has(raw) ?? false)
}

function freeze(value: object): void {
  Object.freeze(value)
  for (const part of Object.values(value))
    if (typeof part === 'object' && part !== null && !Object.isFrozen(part)) freeze(part)
}
