/** `env`: the only way in which a config reads the environment that copse was started in. */
import { workerData } from 'node:worker_threads'
import { callSite } from '../model/place.ts'
import { PlacedError } from './problem.ts'
import { threadData } from './task.ts'

/** The value of an environment variable; the fallback, or a config error, when it is not set. */
export function env(name: string, fallback?: string): string {
  const given = threadData.safeParse(workerData)
  const value =
    given.success && Object.hasOwn(given.data.variables, name) ? given.data.variables[name] : undefined
  if (value !== undefined) return value
  if (fallback !== undefined) return fallback
  throw new PlacedError(`the environment variable ${name} is not set`, callSite(), {
    hint: `set it, or give a value to fall back on: env('${name}', '...')`,
  })
}
