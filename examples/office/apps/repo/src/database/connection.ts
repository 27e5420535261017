/** How a connection to the database is made. */
import type { ClientConfig } from 'pg'
import { type DatabaseSettings, readAuthorities } from '../settings.ts'

/** For pg, which would take PGSSLMODE from the environment by itself, but knows nothing of PGSSLROOTCERT. */
export function connection(settings: DatabaseSettings): ClientConfig {
  const { PGHOST, PGPORT, PGDATABASE, PGUSER, PGPASSWORD, PGSSLMODE } = settings
  return {
    host: PGHOST,
    port: PGPORT,
    database: PGDATABASE,
    user: PGUSER,
    password: PGPASSWORD,
    // With `host`, Node compares the certificate with it even when it is an address, for which pg sends no server name.
    ssl: PGSSLMODE === 'disable' ? false : { ca: readAuthorities(settings), host: PGHOST },
    application_name: 'office-repo',
    connectionTimeoutMillis: 8_000,
    keepAlive: true,
  }
}
