/** A PostgreSQL of a test's own, in this process: the real driver speaks to it over a socket. */
import { createServer } from 'node:net'
import { after } from 'node:test'
import { PGlite } from '@electric-sql/pglite'
import { PGLiteSocketServer } from '@electric-sql/pglite-socket'
import pg from 'pg'
import { connection } from '../src/database/connection.ts'
import { type Migration, migrate, readMigrations } from '../src/database/migrations.ts'
import { readSettings } from '../src/service/settings.ts'
import { databaseSettings } from '../src/settings.ts'

export interface TestDatabase {
  /** What a process is told to find it. */
  readonly variables: Readonly<Record<string, string>>
  /** Applies migrations, by default those of this release. */
  migrate(known?: readonly Migration[]): Promise<readonly Migration[]>
  query(text: string): Promise<readonly unknown[]>
  /** Forgets all that is in it. */
  empty(): Promise<void>
  /** Goes away, as a server does that is stopped. */
  stop(): Promise<void>
  /** Comes back with what it had. */
  start(): Promise<void>
}

let shared: ReturnType<typeof startDatabase> | undefined
after(async () => (await shared)?.close())

/** The same for all tests, which run in one process: it takes seconds to start. It is empty. */
export async function emptyDatabase(): Promise<TestDatabase> {
  shared ??= startDatabase()
  await (await shared).empty()
  return shared
}

async function startDatabase(): Promise<TestDatabase & { close(): Promise<void> }> {
  const db = await PGlite.create()
  const port = await freePort()
  const start = async () => {
    const server = new PGLiteSocketServer({ db, port, maxConnections: 20 })
    await server.start()
    return server
  }
  let server = await start()
  const variables = variablesOf(port)
  return {
    variables,
    migrate: (known = readMigrations()) => withClient(variables, (client) => migrate(client, known)),
    query: (text) => withClient(variables, async (client) => (await client.query(text)).rows),
    empty: async () => {
      await db.exec('drop schema public cascade; create schema public')
    },
    stop: () => server.stop(),
    start: async () => {
      server = await start()
    },
    close: async () => {
      await server.stop()
      await db.close()
    },
  }
}

function variablesOf(port: number): Readonly<Record<string, string>> {
  return {
    PGHOST: '127.0.0.1',
    PGPORT: String(port),
    PGDATABASE: 'postgres',
    PGUSER: 'postgres',
    PGPASSWORD: 'not-a-secret',
    PGSSLMODE: 'disable',
  }
}

async function withClient<Result>(
  variables: Readonly<Record<string, string>>,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client(connection(readSettings(databaseSettings, variables)))
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** Nothing listens there now; that nothing else takes it at once is as sure as it gets. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => void server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}
