/** Keeps secrets out of what is printed. Pure. */

/** The value as JSON text; the content of everything that says `secret: true` is left out. */
export function redactedJson(value: unknown): string {
  return JSON.stringify(value, withoutSecrets, 2)
}

function withoutSecrets(_key: string, value: unknown): unknown {
  const isSecret = typeof value === 'object' && value !== null && 'secret' in value && value.secret === true
  return isSecret && 'content' in value ? { ...value, content: '[secret]' } : value
}
