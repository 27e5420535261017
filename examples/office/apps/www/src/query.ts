/** The query of an address. */

/** With its question mark; values that are undefined are left out, and nothing is left of none. Pure. */
export function queryOf(values: Readonly<Record<string, string | undefined>>): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(values)) if (value !== undefined) parameters.set(name, value)
  return parameters.size === 0 ? '' : `?${parameters}`
}
