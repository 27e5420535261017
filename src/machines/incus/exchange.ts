/** One HTTP request to an engine over its Unix socket, with a deadline. What the engine answers is data; silence throws. */
import type { IncomingMessage } from 'node:http'
import { CopseError } from '../../lib/errors.ts'
import { boxFile } from './box-journal.ts'
import { type Engine, socketOf } from './engine.ts'

// An import of node:http makes all that it could offer, also a WebSocket client, which takes 50 ms.
const { request } = process.getBuiltinModule('node:http')

/** What is sent: JSON, or the text of a file. */
export type Body = { readonly json: unknown } | { readonly text: string }

export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly body?: Body | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** How long the answer may take. */
  readonly seconds: number
}

/** Why nobody answered. `down`: nobody listens; `silent`: somebody does, and does not answer us. */
export class NoAnswer extends CopseError {
  readonly reason: 'down' | 'silent'

  constructor(reason: NoAnswer['reason'], message: string, detail: { hint: string; cause: unknown }) {
    super('failed', message, detail)
    this.name = 'NoAnswer'
    this.reason = reason
  }
}

/** The text of the answer, whatever its status. Throws NoAnswer, or CopseError `interrupted`. */
export async function exchange(engine: Engine, asked: Request, signal?: AbortSignal): Promise<string> {
  const deadline = AbortSignal.timeout(asked.seconds * 1000)
  try {
    const response = await send(engine, asked, signal ? AbortSignal.any([signal, deadline]) : deadline)
    return await textOf(response)
  } catch (cause) {
    if (signal?.aborted)
      throw new CopseError('interrupted', `interrupted: ${asked.method} ${asked.path}`, { cause })
    throw explain(engine, asked, { cause, code: await engine.box.connectCode(socketOf(engine), cause) })
  }
}

async function send(engine: Engine, asked: Request, signal: AbortSignal): Promise<IncomingMessage> {
  const { method, path, body } = asked
  const headers = { ...(body && contentHeaders(body)), ...asked.headers }
  const socketPath = await engine.box.socket(socketOf(engine))
  // Without a server's name Node asks whether its place, a socket, is an address, which takes 10 ms the first time.
  const options = { socketPath, servername: '' }
  const outgoing = request({ ...options, method, path, headers, signal, agent: false })
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once('response', resolve)
    outgoing.once('error', reject)
  })
  outgoing.end(body && contentOf(body))
  return answered
}

function contentOf(body: Body): string {
  return 'json' in body ? JSON.stringify(body.json) : body.text
}

/** Without a content type an engine takes a pushed file as empty, and says nothing. */
function contentHeaders(body: Body): Readonly<Record<string, string | number>> {
  const type = 'json' in body ? 'application/json' : 'application/octet-stream'
  return { 'Content-Type': type, 'Content-Length': Buffer.byteLength(contentOf(body)) }
}

async function textOf(response: IncomingMessage): Promise<string> {
  response.setEncoding('utf8')
  let text = ''
  for await (const chunk of response) text += String(chunk)
  return text
}

interface Silence {
  readonly cause: unknown
  /** Of connect(2). */
  readonly code: string | undefined
}

function explain(engine: Engine, asked: Request, { cause, code }: Silence): NoAnswer {
  const { product } = engine
  const socket = socketOf(engine)
  if (code === 'ENOENT' || code === 'ECONNREFUSED')
    return new NoAnswer('down', `${product.name} does not run: nobody listens on ${socket}`, {
      cause,
      hint: 'copse doctor',
    })
  if (code === 'EACCES' || code === 'EPERM')
    return new NoAnswer('silent', `this user may not use ${product.name}: ${socket} cannot be opened`, {
      cause,
      hint: `run copse as root, or join the group that may: usermod -aG ${product.group} USER`,
    })
  return new NoAnswer(
    'silent',
    `${product.name} did not answer ${asked.method} ${asked.path}${why(asked, cause)}`,
    {
      cause,
      hint: `look at its log: ${logHint(engine)}`,
    },
  )
}

function why({ seconds }: Request, cause: unknown): string {
  if (!(cause instanceof Error)) return `: ${cause}`
  return cause.name === 'AbortError' || cause.name === 'TimeoutError'
    ? ` within ${seconds} s`
    : `: ${cause.message}`
}

function logHint(engine: Engine): string {
  const { units, directory } = engine.product
  return engine.directory === directory ? `journalctl -u ${units.at(-1)}` : boxFile(engine, 'log')
}
