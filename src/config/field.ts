/** Looks into values of which nothing is known. */

/** A setting of a value of any kind; undefined where there is none. */
export function field(value: unknown, key: PropertyKey): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
}
