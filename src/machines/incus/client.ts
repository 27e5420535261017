/** The engine's REST API: what is at a path, and changes awaited to their end. */
import { z } from 'zod'
import { CopseError } from '../../lib/errors.ts'
import type { Engine } from './engine.ts'
import { exchange, type Request } from './exchange.ts'

/** A change to make. `seconds` is the deadline of the whole: the answer and the operation that it may start. */
export interface Change {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly body?: Request['body']
  readonly headers?: Request['headers']
  /** What it is, for the message when it fails: `start web1`. */
  readonly what: string
  readonly seconds?: number
}

export interface Client {
  readonly engine: Engine
  /** The text of a file of a machine; undefined where there is none. */
  text(path: string): Promise<string | undefined>
  /** What is at a path; undefined where there is nothing. */
  read<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined>
  /** Makes the change and waits until it is made. */
  change(change: Change): Promise<void>
  /** Waits for what somebody else has asked for, by what the engine answered. */
  settle(asked: Asked): Promise<void>
  /** Like `change`, but a thing that is already gone is as good. */
  remove(path: string, what: string): Promise<void>
}

/** A change that was asked for by other means. */
export interface Asked extends Pick<Change, 'what'> {
  /** The text of the answer. */
  readonly answer: string
  readonly seconds: number
}

const Answer = z.discriminatedUnion('type', [
  z.object({ type: z.literal('sync'), metadata: z.unknown() }),
  z.object({ type: z.literal('async'), operation: z.string() }),
  z.object({ type: z.literal('error'), error: z.string(), error_code: z.number() }),
])

const Operation = z.object({ status: z.string(), status_code: z.number(), err: z.string().nullish() })

const ended = 200
/** Seconds that one question about an operation waits for news. */
const patience = 20

/** A client of an engine; `signal` ends its waiting, and without one what the engine has begun is let finish. */
export function connect(engine: Engine, signal?: AbortSignal): Client {
  const ask = async (request: Request) => parse(engine, await exchange(engine, request, signal), request.path)

  const change = async ({ what, seconds = 120, ...request }: Change) => {
    await settle({ answer: await exchange(engine, { ...request, seconds }, signal), what, seconds })
  }

  const settle = async ({ answer: text, what, seconds }: Asked) => {
    const answer = parse(engine, text, what)
    if (answer.type === 'error') throw refused(engine, what, answer.error)
    if (answer.type === 'async') await finish({ path: answer.operation, what, seconds })
  }

  const finish = async ({ path, what, seconds }: { path: string; what: string; seconds: number }) => {
    const deadline = performance.now() + seconds * 1000
    while (performance.now() < deadline) {
      const answer = await ask({
        method: 'GET',
        path: `${path}/wait?timeout=${patience}`,
        seconds: patience + 10,
      })
      if (answer.type !== 'sync') throw refused(engine, what, 'it lost sight of the operation')
      const { status, status_code, err } = Operation.parse(answer.metadata)
      if (status_code === ended) return
      if (status_code > ended) throw refused(engine, what, err || status)
    }
    throw new CopseError('failed', `${what}: ${engine.product.name} did not finish within ${seconds} s`, {
      hint: 'copse doctor',
    })
  }

  return {
    engine,
    change,
    settle,
    async text(path) {
      const said = await exchange(engine, { method: 'GET', path, seconds: 30 }, signal)
      // A file comes as it is, and only trouble as JSON.
      if (!said.startsWith('{"')) return said
      const answer = parse(engine, said, path)
      if (answer.type === 'error' && answer.error_code === 404) return undefined
      throw refused(engine, `read ${path}`, errorOf(answer))
    },
    async read(path, schema) {
      const answer = await ask({ method: 'GET', path, seconds: 30 })
      if (answer.type === 'error' && answer.error_code === 404) return undefined
      if (answer.type !== 'sync') throw refused(engine, `read ${path}`, errorOf(answer))
      return schema.parse(answer.metadata)
    },
    async remove(path, what) {
      const answer = await ask({ method: 'DELETE', path, seconds: 60 })
      if (answer.type === 'error' && answer.error_code !== 404) throw refused(engine, what, answer.error)
      if (answer.type === 'async') await finish({ path: answer.operation, what, seconds: 60 })
    },
  }
}

function parse(engine: Engine, text: string, path: string): z.output<typeof Answer> {
  try {
    return Answer.parse(JSON.parse(text))
  } catch (cause) {
    const said = text.trim().slice(0, 200)
    throw new CopseError('failed', `${engine.product.name} answered ${path} with something else: ${said}`, {
      cause,
    })
  }
}

function errorOf(answer: z.output<typeof Answer>): string {
  return answer.type === 'error' ? answer.error : 'it answered with an operation'
}

function refused({ product }: Engine, what: string, said: string): CopseError {
  return new CopseError('failed', `${what}: ${product.name} says: ${said.trim()}`, { hint: 'copse doctor' })
}
