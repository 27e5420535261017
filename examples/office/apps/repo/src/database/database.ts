/** The PostgreSQL database of the repository, as far as the rest of it knows. */
import pg from 'pg'
import type { z } from 'zod'
import type { DatabaseSettings } from '../settings.ts'
import { connection } from './connection.ts'

export type Value = string | number | readonly number[] | null

/** Each call is one statement, which happens as a whole or not at all. */
export interface Database {
  /** Throws DatabaseAway, or pg's DatabaseError when the database refuses the statement. */
  rows<Row>(schema: z.ZodType<Row>, text: string, values: readonly Value[]): Promise<readonly Row[]>
  close(): Promise<void>
}

/** Nobody answers there at the moment, or not in time. */
export class DatabaseAway extends Error {
  override readonly name = 'DatabaseAway'
}

/** Above the server's own limit, which says more clearly what was slow. */
const queryMs = 10_000

/**
 * Few, and kept: a new one costs the database a process, a handshake and a password, so where each request of a slow moment
 * opened its own it would become a long one.
 */
const mostConnections = 4
const keptMs = 600_000

/** Connects when it is first asked, and anew after the database was away. */
export function openDatabase(settings: DatabaseSettings): Database {
  const pool = new pg.Pool({
    ...connection(settings),
    max: mostConnections,
    idleTimeoutMillis: keptMs,
    statement_timeout: queryMs - 1_000,
    query_timeout: queryMs,
  })
  // An idle connection that breaks is only left out of the pool; without this it would end the process.
  pool.on('error', () => {})
  return {
    rows: async (schema, text, values) => {
      const result = await pool.query(text, [...values]).catch((error: unknown) => {
        throw isRefusal(error) ? error : new DatabaseAway('the database does not answer', { cause: error })
      })
      return schema.array().parse(result.rows)
    },
    close: () => pool.end(),
  }
}

/**
 * SQLSTATE classes of a server that cannot serve for now: connection, authorisation, read-only, resources, timeout or
 * shutdown, system. Source: appendix A of PostgreSQL's manual.
 */
const awayClasses = new Set(['08', '28', '25', '53', '57', '58'])

/** The database is there and says what is wrong with the statement. */
function isRefusal(error: unknown): boolean {
  return error instanceof pg.DatabaseError && !awayClasses.has(error.code?.slice(0, 2) ?? '')
}
