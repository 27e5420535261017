/** For tests: an engine that answers from a table, on a Unix socket of its own. */
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type Engine, lxdProduct, socketOf } from './engine.ts'
import { localBox } from './local-box.ts'

/** What was asked of it. */
export interface Asked {
  /** `GET /1.0`. */
  readonly call: string
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
}

export interface FakeEngine extends AsyncDisposable {
  readonly engine: Engine
  readonly asked: readonly Asked[]
}

/** What it answers: a value is metadata, a string is sent as it is, `silence` never comes; nothing is a 404. */
export type Answers = (call: string) => unknown

export const silence = Symbol('silence')

/** An operation that has been started. */
export const started = { operation: '/1.0/operations/1' }

export async function fakeEngine(answers: Answers): Promise<FakeEngine> {
  const directory = await mkdtemp(join(tmpdir(), 'fake-'))
  const engine = { product: lxdProduct, directory, box: localBox }
  const asked: Asked[] = []
  const server = createServer(async (request, response) => {
    const call = `${request.method} ${request.url}`
    asked.push({ call, headers: request.headers, body: await text(request) })
    const answer = answers(call)
    if (answer !== silence)
      response.end(typeof answer === 'string' ? answer : JSON.stringify(envelope(answer)))
  })
  server.listen(socketOf(engine))
  await once(server, 'listening')
  return {
    engine,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await rm(directory, { recursive: true })
    },
  }
}

function envelope(answer: unknown): unknown {
  if (answer === undefined) return { type: 'error', error: 'not found', error_code: 404 }
  if (answer === started) return { type: 'async', ...started, metadata: {} }
  if (answer instanceof Error) return { type: 'error', error: answer.message, error_code: 500 }
  return { type: 'sync', metadata: answer }
}
