/** Keeps secrets out of what is printed. Pure. */
import { secretsOf } from '../resources/secret-text.ts'

/** The value as JSON text; of everything that says `secret: true`, only the names of secrets are left in. */
export function redactedJson(value: unknown): string {
  return JSON.stringify(value, withoutSecrets, 2)
}

function withoutSecrets(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('secret' in value) || value.secret !== true)
    return value
  const held = Object.keys(value).filter((key) => key === 'content' || key === 'template')
  const names = secretsOf({ spec: value }).map(({ secret }) => secret)
  const shown = names.length > 0 ? `[secret: ${[...new Set(names)].join(', ')}]` : '[secret]'
  return { ...value, ...Object.fromEntries(held.map((key) => [key, shown])) }
}
