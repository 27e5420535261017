/** The JSON document of `copse publish`. */
import { z } from 'zod'

/** Its fields besides those of every document. */
export const publishFields = {
  addresses: z.array(z.string()).describe('of the box, where it is reached from outside'),
  ports: z.array(
    z.object({
      port: z.int(),
      protocol: z.enum(['tcp', 'udp']),
      to: z.string().describe('a host and its endpoint'),
      address: z.string().describe('where that is on the LAN'),
      from: z.array(z.string()).describe('who alone may use it; empty for anybody'),
      state: z.enum(['published', 'missing', 'different']),
      answers: z.boolean().optional().describe('to the box itself, at the first of its addresses'),
      ok: z.boolean(),
      detail: z.string(),
    }),
  ),
  stale: z.array(z.string()).describe('ports that are published and no longer wanted'),
}
