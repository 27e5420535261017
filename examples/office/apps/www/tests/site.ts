/** The web front in front of a repository, without a process around it: what somebody's browser would ask. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readAssets } from '../src/assets/manifest.ts'
import { writeAssets } from '../src/assets/write.ts'
import { wwwApp } from '../src/http/app.ts'
import { repoAt } from '../src/repo/client.ts'
import { makeDrain } from '../src/service/drain.ts'
import type { LogEntry } from '../src/service/log.ts'
import { type App, listen } from '../src/service/server.ts'
import { silent } from '../src/service/statsd.ts'

export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

export interface TestSite {
  open(path: string): Promise<Reply>
  /** Sends a form as a page of ours would, unless `headers` say otherwise. */
  send(path: string, fields: Record<string, string>, headers?: Record<string, string>): Promise<Reply>
  readonly logged: readonly LogEntry[]
  /** The repository goes away. */
  loseRepo(): Promise<void>
  close(): Promise<void>
}

interface SiteOptions {
  readonly assetsUrl?: string
  readonly timeoutMs?: number
}

export async function startSite(repo: App, { assetsUrl, timeoutMs }: SiteOptions = {}): Promise<TestSite> {
  const server = await listen(repo, '127.0.0.1', 0)
  const logged: LogEntry[] = []
  const surroundings = {
    name: 'www',
    drain: makeDrain(),
    log: (entry: LogEntry) => void logged.push(entry),
    statsd: silent,
  }
  const client = repoAt(`http://127.0.0.1:${server.port}/`, timeoutMs)
  const app = wwwApp(client, surroundings, { assets: builtAssets(), assetsUrl })
  const ask = async (path: string, init: RequestInit = {}) => {
    const response = await app.request(`http://www.test${path}`, init)
    return { status: response.status, headers: response.headers, text: await response.text() }
  }
  return {
    open: (path) => ask(path),
    send: (path, fields, headers = { origin: 'http://www.test', host: 'www.test' }) => {
      const body = new FormData()
      // As browsers do.
      for (const [name, value] of Object.entries(fields)) body.set(name, value.replaceAll('\n', '\r\n'))
      return ask(path, { method: 'POST', body, headers })
    },
    logged,
    loseRepo: () => server.close(0),
    close: () => server.close(0),
  }
}

function builtAssets() {
  const folder = mkdtempSync(join(tmpdir(), 'office-www-'))
  try {
    writeAssets(folder)
    return readAssets(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** The value of a hidden field, as the form would send it. */
export function hidden({ text }: Reply, name: string): string {
  return new RegExp(`name="${name}" value="([^"]*)"`).exec(text)?.[1] ?? `${name} is not in the form`
}

/** Where an answer leads on to, without what was done. */
export function next({ headers }: Reply): string {
  return headers.get('location')?.replace(/\?.*/, '') ?? 'nowhere'
}
