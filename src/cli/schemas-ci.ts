/** What documents about the CI server hold. */
import { z } from 'zod'

/** Of `copse ci status`, and of `copse ci start` and `copse ci run` with the one build. */
export const ciStatus = {
  builds: z.array(
    z.object({
      job: z.string(),
      number: z.int().describe('of the CI server; of what `ci run` made, its number in `history`'),
      branch: z.string().describe('empty where it was of no change'),
      commit: z.string(),
      result: z.enum([
        'success',
        'warnings',
        'failure',
        'skipped',
        'exception',
        'retry',
        'cancelled',
        'running',
      ]),
      started: z.string().describe('ISO 8601 in UTC'),
      seconds: z.int(),
      tests: z
        .object({
          passed: z.int(),
          failed: z.int(),
          skipped: z.int(),
          names: z
            .array(z.object({ app: z.string(), name: z.string(), message: z.string() }))
            .describe('of those that failed, the first'),
        })
        .optional()
        .describe('where the build left a report'),
      url: z.string().describe('its steps; empty for what `ci run` made'),
    }),
  ),
}

/** Of `copse ci push`. */
export const ciPush = {
  branch: z.string(),
  commit: z.string(),
  isNew: z.boolean().describe('false: the branch was there already, and nothing was started'),
}

/** Of `copse ci key`. */
export const ciKey = {
  key: z.string().describe('public, one line as in id_ed25519.pub'),
}
