/** The content repository without a process around it: what tests ask, and what it logged meanwhile. */
import { type Database, openDatabase } from '../src/database/database.ts'
import { readMigrations } from '../src/database/migrations.ts'
import { databaseTrouble } from '../src/database/readiness.ts'
import { repoApp } from '../src/http/app.ts'
import { modulesIn } from '../src/modules/store.ts'
import { type Drain, makeDrain } from '../src/service/drain.ts'
import type { LogEntry } from '../src/service/log.ts'
import { readSettings } from '../src/service/settings.ts'
import { silent } from '../src/service/statsd.ts'
import { databaseSettings } from '../src/settings.ts'
import type { TestDatabase } from './database.ts'

export interface Reply {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: tests look into it, and fail where something is not there
  readonly body: any
}

export interface TestApp {
  ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>
  /** As a server would. */
  fetch(request: Request): Response | Promise<Response>
  readonly logged: readonly LogEntry[]
  readonly drain: Drain
  readonly database: Database
}

export function startApp({ variables }: Pick<TestDatabase, 'variables'>): TestApp {
  const database = openDatabase(readSettings(databaseSettings, variables))
  const logged: LogEntry[] = []
  const drain = makeDrain()
  const surroundings = {
    name: 'repo',
    release: 'test-1',
    drain,
    log: (entry: LogEntry) => void logged.push(entry),
    statsd: silent,
  }
  const trouble = databaseTrouble(database, readMigrations().length)
  const app = repoApp(modulesIn(database), surroundings, trouble)
  const ask = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const sent = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
    const type = sent === undefined ? {} : { 'content-type': 'application/json' }
    const init = { method, headers: { ...type, ...headers }, ...(sent !== undefined && { body: sent }) }
    const response = await app.request(path, init)
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? undefined : JSON.parse(text),
    }
  }
  return { ask, fetch: (request) => app.fetch(request), logged, drain, database }
}
