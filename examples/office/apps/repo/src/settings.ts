/** The environment variables of the content repository. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { commonVariables, numberVariable, SettingsError, variable } from './service/settings.ts'

const anything = /^[^\0]+$/

/** Where the database is, in libpq's own variables. */
const databaseVariables = {
  PGHOST: variable('the host of the PostgreSQL server', /^\S+$/),
  PGPORT: numberVariable('a port', 1, 65_535),
  PGDATABASE: variable('the name of the database', anything),
  PGUSER: variable('the user of the database', anything),
  PGPASSWORD: variable('the password of that user', anything),
  PGSSLMODE: z.enum(['verify-full', 'disable'], { error: 'must be verify-full or disable' }),
  PGSSLROOTCERT: variable('a file of certificates, or system', anything).optional(),
}

const needsRoot = { path: ['PGSSLROOTCERT'], error: 'is not set; verify-full needs a file of certificates' }

/** What migrations need to know. */
export const databaseSettings = z
  .object(databaseVariables)
  .refine(({ PGSSLMODE, PGSSLROOTCERT }) => PGSSLMODE === 'disable' || PGSSLROOTCERT, needsRoot)

/** What the server needs to know. */
export const repoSettings = z
  .object({ ...commonVariables, ...databaseVariables })
  .refine(({ PGSSLMODE, PGSSLROOTCERT }) => PGSSLMODE === 'disable' || PGSSLROOTCERT, needsRoot)

export type DatabaseSettings = z.output<typeof databaseSettings>

/** The authorities that may vouch for the database; none: those of the system. Throws SettingsError. */
export function readAuthorities({ PGSSLROOTCERT }: DatabaseSettings): string | undefined {
  if (PGSSLROOTCERT === undefined || PGSSLROOTCERT === 'system') return undefined
  try {
    return readFileSync(PGSSLROOTCERT, 'utf8')
  } catch (cause) {
    throw new SettingsError(`PGSSLROOTCERT must be a file that can be read: ${String(cause)}`)
  }
}
