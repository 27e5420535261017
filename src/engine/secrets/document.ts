/** What is encrypted: a JSON document with all secrets of one environment. Pure. */
import { z } from 'zod'
import { Secret } from '../../lib/secret.ts'

/** The secrets of one environment. */
export interface Held {
  /** Who can read the file: age's headers do not say. */
  readonly recipients: readonly string[]
  /** Names of those that copse made up. */
  readonly generated: ReadonlySet<string>
  readonly values: ReadonlyMap<string, Secret>
}

export const nothingHeld: Held = { recipients: [], generated: new Set(), values: new Map() }

const schema = z.object({
  version: z.literal(1),
  recipients: z.array(z.string()),
  generated: z.array(z.string()).default([]),
  secrets: z.record(z.string(), z.string()),
})

export function parseHeld(text: string): Held {
  const { recipients, generated, secrets } = schema.parse(JSON.parse(text))
  const values = new Map(Object.entries(secrets).map(([name, value]) => [name, new Secret(value)]))
  return { recipients, generated: new Set(generated), values }
}

/** In the order of their names. */
export function formatHeld({ recipients, generated, values }: Held): string {
  const secrets = Object.fromEntries(
    [...values.keys()].sort().map((name) => [name, values.get(name)?.reveal()]),
  )
  return `${JSON.stringify({ version: 1, recipients, generated: [...generated].sort(), secrets })}\n`
}

/** The same with one more, or with another value of one. */
export function withValue(
  held: Held,
  name: string,
  { value, isMade }: { value: Secret; isMade: boolean },
): Held {
  const generated = new Set(held.generated)
  if (isMade) generated.add(name)
  else generated.delete(name)
  return { ...held, generated, values: new Map([...held.values, [name, value]]) }
}

/** The same with exactly these; what was made up and stayed as it is remains so. */
export function withValues(held: Held, values: ReadonlyMap<string, Secret>): Held {
  const stayed = [...held.generated].filter(
    (name) => values.get(name)?.reveal() === held.values.get(name)?.reveal() && values.has(name),
  )
  return { ...held, generated: new Set(stayed), values }
}

/** Is it encrypted to exactly these, or is there nothing to encrypt? */
export function isFor({ recipients, values }: Held, wanted: readonly string[]): boolean {
  return values.size === 0 || new Set(recipients).symmetricDifference(new Set(wanted)).size === 0
}

/** Is it the same, for the same readers? */
export function sameHeld(a: Held, b: Held): boolean {
  const sorted = (held: Held) => formatHeld({ ...held, recipients: held.recipients.toSorted() })
  return sorted(a) === sorted(b)
}
