/** The program that brings the database to the shape of this release: `node src/migrate.ts`. */
import pg from 'pg'
import { connection } from './database/connection.ts'
import { migrate, readMigrations } from './database/migrations.ts'
import { readSettings, SettingsError } from './service/settings.ts'
import { databaseSettings } from './settings.ts'

const say = (line: string) => void process.stdout.write(`${line}\n`)

try {
  const client = new pg.Client(connection(readSettings(databaseSettings, process.env)))
  // A connection that breaks fails the query that waits for it, too; without this it would end the process unexplained.
  client.on('error', () => {})
  await client.connect()
  try {
    const known = readMigrations()
    const applied = await migrate(client, known)
    for (const { number, name } of applied) say(`applied migration ${number} (${name})`)
    say(`the database has all ${known.length} migrations`)
  } finally {
    await client.end()
  }
} catch (error) {
  const what = error instanceof SettingsError ? 'cannot start' : 'failed'
  process.stderr.write(`migrate ${what}: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
