/** Migrations on a real PostgreSQL, and what is refused before anything happens. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type Migration, missingMigrations, readMigrations } from '../src/database/migrations.ts'
import { emptyDatabase, type TestDatabase } from './database.ts'
import { runProgram } from './program.ts'

const made = (number: number, text: string): Migration => ({
  number,
  name: `made-${number}`,
  text,
  digest: `digest of ${text}`,
})
const known = readMigrations()
const next = known.length + 1

describe('migrations', () => {
  let postgres: TestDatabase
  before(async () => {
    postgres = await emptyDatabase()
  })

  test('the program applies all of them, and nothing the second time', async () => {
    const first = await runProgram('src/migrate.ts', postgres.variables)
    assert.equal(first.code, 0, first.stderr)
    assert.match(first.stdout, /applied migration 1 \(modules\)\n.*\nthe database has all \d+ migrations\n$/)
    const second = await runProgram('src/migrate.ts', postgres.variables)
    assert.equal(second.code, 0, second.stderr)
    assert.equal(second.stdout, `the database has all ${known.length} migrations\n`)
    const rows = await postgres.query('select number, name from migrations order by number')
    assert.deepEqual(
      rows,
      known.map(({ number, name }) => ({ number, name })),
    )
  })

  test('one that fails leaves nothing behind, nor do those after it run', async () => {
    const broken = made(next, 'create table half (id integer); select nonsense')
    const never = made(next + 1, 'create table never (id integer)')
    await assert.rejects(postgres.migrate([...known, broken, never]), /failed and left nothing behind/)
    const left = await postgres.query("select to_regclass('half') as half, to_regclass('never') as never")
    assert.deepEqual(left, [{ half: null, never: null }])
    assert.deepEqual(await postgres.migrate(), [])
  })

  test('a database that is newer than the release is refused by the program', async () => {
    await postgres.migrate([...known, made(next, 'select 1')])
    const { code, stderr } = await runProgram('src/migrate.ts', postgres.variables)
    assert.equal(code, 1)
    assert.match(stderr, new RegExp(`migration ${next} \\(made-${next}\\), which is newer than this release`))
    await postgres.query(`delete from migrations where number = ${next}`)
  })

  test('the lock is free afterwards, also after a failure', async () => {
    const held = await postgres.query("select 1 from pg_locks where locktype = 'advisory'")
    assert.deepEqual(held, [])
  })

  test('one that was changed after it was applied is refused', () => {
    const recorded = [{ number: 1, name: 'made-1', digest: 'another' }]
    assert.throws(() => missingMigrations([made(1, '')], recorded), /was changed after it was applied/)
  })

  test('a program without settings names each, and shows no value', async () => {
    const { code, stderr } = await runProgram('src/migrate.ts', { PGPORT: 'secret', PGPASSWORD: 'secret' })
    assert.equal(code, 1)
    assert.match(stderr, /PGHOST is not set/)
    assert.match(stderr, /PGPORT must be a port/)
    assert.match(stderr, /PGSSLMODE must be verify-full or disable/)
    assert.doesNotMatch(stderr, /secret/)
  })
})
