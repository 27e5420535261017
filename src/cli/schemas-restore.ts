/** The JSON document of `copse restore`. */
import { z } from 'zod'

/** Its fields besides those of every document. */
export const restoreFields = {
  dumps: z
    .array(
      z.object({
        host: z.string(),
        name: z.string().describe('of the data'),
        dump: z.string(),
        made: z.string().describe('ISO 8601 in UTC'),
        bytes: z.int(),
      }),
    )
    .describe('with --list'),
  results: z.array(
    z.object({
      host: z.string(),
      name: z.string(),
      ok: z.boolean(),
      detail: z.string(),
      ms: z.number().nonnegative(),
    }),
  ),
}
