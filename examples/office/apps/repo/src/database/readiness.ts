/** Whether the database can be used by this release. */
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { newestMigration } from '../modules/statements.ts'
import type { Database } from './database.ts'

/** How long a balancer's question may take, in milliseconds. */
const answerMs = 1_000

const row = z.object({ number: z.int().nullable() })

/**
 * Asks why `database` cannot be used: it does not answer, or lacks a migration up to `needed`. A newer one is fine: a
 * migration only expands, and the next release's runs before this release is gone.
 */
export function databaseTrouble(database: Database, needed: number): () => Promise<string | undefined> {
  const ask = async () => {
    const [found] = await database.rows(row, newestMigration, [])
    const number = found?.number ?? 0
    return number < needed ? `the database has migration ${number}, and ${needed} is needed` : undefined
  }
  const silence = () => sleep(answerMs, 'the database does not answer in time', { ref: false })
  return () => Promise.race([ask().catch(reasonOf), silence()])
}

function reasonOf(error: unknown): string {
  const isMissing = error instanceof Error && 'code' in error && error.code === '42P01'
  return isMissing ? 'the database has no migrations yet' : 'the database does not answer'
}
