/** Keeps secrets out of what is printed. Pure. */

/** The value as JSON text; what everything that says `secret: true` holds is left out. */
export function redactedJson(value: unknown): string {
  return JSON.stringify(value, withoutSecrets, 2)
}

function withoutSecrets(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('secret' in value) || value.secret !== true)
    return value
  const held = Object.keys(value).filter((key) => key === 'content' || key === 'template')
  return { ...value, ...Object.fromEntries(held.map((key) => [key, '[secret]'])) }
}
