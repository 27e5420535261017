/** What is run on a box over its connection, and how the connection's trouble is told. */
import { CopseError } from '../../lib/errors.ts'
import type { SshClient } from '../../transports/ssh/client.ts'
import { keepPulse, pulse, type RemoteScript, startRemote } from '../../transports/ssh/over.ts'
import type { Connection } from '../../transports/ssh/run-script.ts'
import { type Finished, Unreachable } from '../../transports/transport.ts'
import type { Attached } from './box.ts'

/** Runs a constant script with its words to its end; throws CopseError. */
export type Call = (script: string, words?: readonly string[]) => Promise<Finished>

/** Runs a program that ends when it is disposed, or when copse dies or is cut off: its standard input ends then. */
export async function attach(
  connection: Connection,
  words: RemoteScript['words'],
  signal: AbortSignal,
): Promise<Attached> {
  const client = startRemote(connection, { script: `${pulse} | "$@"`, words })
  const beating = keepPulse(client)
  const stop = () => client.stop()
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  const said = await firstWord(client)
  signal.removeEventListener('abort', stop)
  return {
    said,
    async [Symbol.asyncDispose]() {
      beating[Symbol.dispose]()
      client.stdin.end()
      await client.ended
    },
  }
}

async function firstWord({ output, ended }: SshClient): Promise<string | undefined> {
  const pieces = output[Symbol.asyncIterator]()
  const { value, done } = await pieces.next()
  if (!done) {
    // The rest is read for its end to be seen.
    const drain = async () => {
      while (!(await pieces.next()).done);
    }
    drain().catch(() => undefined)
    return String(value)
  }
  await ended
  return undefined
}

/** Whoever answers there instead of the box is given nothing. */
export function asCopseError(error: unknown, late = 'the box did not answer in time'): never {
  if (error instanceof Error && error.name === 'TimeoutError')
    throw new CopseError('failed', late, { cause: error, hint: 'give the same command again' })
  if (!(error instanceof Unreachable)) throw error
  const code = error.reason === 'changed-key' ? 'refused' : 'failed'
  const { message, hint } = error
  throw new CopseError(code, message, { cause: error, ...(hint !== undefined && { hint }) })
}
