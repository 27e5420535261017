/** What the document of `copse status` holds of a host that asks its probes by itself. */
import { z } from 'zod'

/** Of one host. */
export const monitoring = z.object({
  age: z.number().describe('seconds since the host last asked its probes'),
  stale: z.boolean(),
  green: z.int(),
  red: z.array(
    z.object({
      probe: z.string(),
      from: z.string(),
      to: z.string(),
      expect: z.string(),
      seconds: z.number().describe('since how long it is red'),
      detail: z.string(),
    }),
  ),
})
