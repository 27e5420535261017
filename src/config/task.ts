/** What the thread that evaluates a config is given. */
import { z } from 'zod'

/** When it starts. */
export const threadData = z.object({
  /** The variables of the controller, for `env(...)`. */
  variables: z.record(z.string(), z.string().optional()),
})

export type ThreadData = z.output<typeof threadData>

/** What it is asked, once. */
export interface LoadTask {
  /** The config file, absolute. */
  readonly file: string
  /** The environment to desire; every environment is checked in any case. */
  readonly environment?: string | undefined
  /** The environment whose settings it is to have instead of its own: what then still differs follows from its name alone. */
  readonly as?: string | undefined
}
