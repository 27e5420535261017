/** What a service is told by its environment variables, and what it says when they are wrong. */
import { z } from 'zod'

/** Its message names every variable that is wrong and what it must be, and never a value: one may be a secret. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
}

/** A variable that must look like `pattern`; `must` says so in words. */
export function variable(must: string, pattern: RegExp) {
  return z.string({ error: `is not set; it must be ${must}` }).regex(pattern, `must be ${must}`)
}

/** A variable that holds a whole number from `least` to `most`. */
export function numberVariable(what: string, least: number, most: number) {
  const must = `${what} from ${least} to ${most}`
  return variable(must, /^\d{1,9}$/)
    .transform(Number)
    .refine((number) => number >= least && number <= most, `must be ${must}`)
}

/** What every service of the office is told. Port 0 is any free one, which the first line of the log tells. */
export const commonVariables = {
  HOST: variable('the address to listen on', /^\S+$/),
  PORT: numberVariable('a port', 0, 65_535),
  STATSD: variable('host:port of a StatsD server', /^(\[[\da-fA-F:]+\]|[^\s:]+):\d{1,5}$/).optional(),
  RELEASE: variable('the name of a release: letters, digits and . _ + -', /^[\w.+-]{1,100}$/).optional(),
  DRAIN_MS: numberVariable('milliseconds', 0, 7_000).default(1_500),
}

/** The shape of `commonVariables` once they are read. */
export interface CommonSettings {
  readonly HOST: string
  readonly PORT: number
  readonly STATSD?: string | undefined
  readonly RELEASE?: string | undefined
  readonly DRAIN_MS: number
}

/** Reads the variables that `schema` names; one that is empty counts as not set. Throws SettingsError. Pure. */
export function readSettings<Settings>(
  schema: z.ZodType<Settings>,
  environment: Readonly<Record<string, string | undefined>>,
): Settings {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const wrong = parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`.trim())
  throw new SettingsError(wrong.join('\n'))
}
