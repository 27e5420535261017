/** The JSON lines that a host's apply session writes. */
import { z } from 'zod'

const base64 = z.string().transform((text) => Buffer.from(text, 'base64').toString('utf8'))

const schema = z.discriminatedUnion('event', [
  z.object({ event: z.literal('session'), dir: z.string() }),
  z.object({ event: z.literal('step-start'), step: z.int() }),
  z.object({ event: z.literal('step-end'), step: z.int(), code: z.int(), ms: z.number(), log: base64 }),
  z.object({ event: z.literal('confirm') }),
  z.object({
    event: z.literal('done'),
    result: z.enum(['done', 'failed', 'refused', 'locked', 'interrupted']),
    detail: base64,
  }),
])

export type SessionEvent = z.output<typeof schema>

/** Reads one line; undefined for a line that a killed session left half written. */
export function parseSessionEvent(line: string): SessionEvent | undefined {
  try {
    return schema.parse(JSON.parse(line))
  } catch {
    return undefined
  }
}
