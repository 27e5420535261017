/**
 * Brings a database to the shape that this release needs, by the numbered files of `migrations/`.
 *
 * The rule is expand, then contract: while a release is rolled out, the one before it goes on using the same database. So
 * a migration only adds what the old release can ignore (tables, columns with a default or null, indexes). What the new one
 * no longer uses is removed by a migration of a later release, once nothing that used it runs any more.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Migration {
  readonly number: number
  readonly name: string
  readonly text: string
  readonly digest: string
}

/** What a migration runs on: one connection, so that a lock and a transaction hold. */
export interface MigrationClient {
  query(text: string, values?: unknown[]): Promise<{ readonly rows: readonly Recorded[] }>
}

/** A row of the table `migrations`. */
export interface Recorded {
  readonly number: number
  readonly name: string
  readonly digest: string
}

/** The database is not one that this release can bring further. */
export class MigrationRefused extends Error {
  override readonly name = 'MigrationRefused'
}

/** Any number does, as long as every release uses the same. */
const lock = 7_202_611_280

/** The migrations of this release. */
export const migrationsFolder = join(import.meta.dirname, '../../migrations')

/** Reads them in their order; throws when their numbers are not 1, 2, 3 and so on. */
export function readMigrations(folder = migrationsFolder): readonly Migration[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.sql'))
  return names.sort().map((file, index) => {
    const [, digits = '', name = ''] = /^(\d{4})-([a-z0-9-]+)\.sql$/.exec(file) ?? []
    if (Number(digits) !== index + 1)
      throw new Error(`${file} must be called ${String(index + 1).padStart(4, '0')}-NAME.sql`)
    const text = readFileSync(join(folder, file), 'utf8')
    return { number: index + 1, name, text, digest: createHash('sha256').update(text).digest('hex') }
  })
}

/** Applies what is missing and returns it; throws MigrationRefused before it changes anything. */
export async function migrate(
  client: MigrationClient,
  known: readonly Migration[],
): Promise<readonly Migration[]> {
  // Waiting for a table must not hold up those who wait behind us, nor another run of migrations hang this one for ever.
  await client.query("set lock_timeout = '30s'")
  await client.query('select pg_advisory_lock($1)', [lock])
  try {
    await client.query(`create table if not exists migrations (
      number integer primary key,
      name text not null,
      digest text not null,
      applied_at timestamptz not null default now()
    )`)
    const { rows } = await client.query('select number, name, digest from migrations order by number')
    const missing = missingMigrations(known, rows)
    for (const migration of missing) await apply(client, migration)
    return missing
  } finally {
    await client.query('select pg_advisory_unlock($1)', [lock])
  }
}

/** Those that are not recorded yet; throws MigrationRefused. Pure. */
export function missingMigrations(
  known: readonly Migration[],
  recorded: readonly Recorded[],
): readonly Migration[] {
  for (const { number, name, digest } of recorded) {
    const mine = known.find((migration) => migration.number === number)
    const label = `migration ${number} (${name})`
    if (!mine) throw new MigrationRefused(`the database has ${label}, which is newer than this release`)
    if (mine.digest !== digest)
      throw new MigrationRefused(`${label} was changed after it was applied; write another one instead`)
  }
  return known.filter(({ number }) => !recorded.some((one) => one.number === number))
}

async function apply(client: MigrationClient, { number, name, text, digest }: Migration): Promise<void> {
  await client.query('begin')
  try {
    await client.query(text)
    await client.query('insert into migrations (number, name, digest) values ($1, $2, $3)', [
      number,
      name,
      digest,
    ])
    await client.query('commit')
  } catch (cause) {
    await client.query('rollback')
    throw new Error(`migration ${number} (${name}) failed and left nothing behind: ${String(cause)}`, {
      cause,
    })
  }
}
