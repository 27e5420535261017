/** Content addresses: SHA-256 in lower-case hex. */
import { createHash } from 'node:crypto'

/** The SHA-256 of text (as UTF-8) or bytes, 64 hex digits. */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}

/** A digest of any JSON value that does not depend on the order of its keys. */
export function digestOf(value: unknown): string {
  return sha256(JSON.stringify(value, sorted))
}

function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}
