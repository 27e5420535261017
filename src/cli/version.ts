/** The version of the running copse. */
import { readFileSync } from 'node:fs'

/** As package.json says it. */
export function copseVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  const { version }: { version?: unknown } = JSON.parse(text)
  return typeof version === 'string' ? version : 'unknown'
}
