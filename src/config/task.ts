/** What the worker that evaluates a config is given. */
import { z } from 'zod'

export const loadTask = z.object({
  /** The config file, absolute. */
  file: z.string(),
  /** The environment to desire; every environment is checked in any case. */
  environment: z.string().optional(),
  /** The variables of the controller, for `env(...)`. */
  variables: z.record(z.string(), z.string().optional()),
  /** Where this process keeps compiled modules, if it does. */
  compileCache: z.string().optional(),
})

export type LoadTask = z.output<typeof loadTask>
