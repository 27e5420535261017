/** The process that an open connection keeps on its host (serve.pl). Scripts take turns there: a client of its own costs each 0.1 s. */
import { randomBytes } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { packArchive } from '../archive.ts'
import { linesOf } from '../lines.ts'
import type { Archive, Finished } from '../transport.ts'
import { type SshClient, stopWhen } from './client.ts'
import { collect } from './collect.ts'
import { greetings } from './remote-command.ts'

export interface RemoteProcess {
  /** What the host says first. Undefined when the client ended without, or was stopped by the signal. */
  greeting(signal: AbortSignal): Promise<string | undefined>
  /** False while a script is at work there, also one that nobody waits for any more, and once the connection broke. */
  isFree(): boolean
  /** Runs `main` to its end; undefined when the connection broke before. Throws the signal's reason. */
  run(archive: Archive, signal: AbortSignal): Promise<Finished | undefined>
}

/** The process of a client that runs `serveCommand` on the host `alias`. */
export function processOf(client: SshClient, alias: string): RemoteProcess {
  const pieces = client.output[Symbol.asyncIterator]()
  // Whoever reads a part of it does not close it.
  const output: AsyncIterable<string> = { [Symbol.asyncIterator]: () => ({ next: () => pieces.next() }) }
  const stop = () => client.stop()
  let isTaken = false
  const serve = async (archive: Archive): Promise<Finished | undefined> => {
    const packed = await buffer(packArchive(archive))
    const mark = randomBytes(16).toString('hex')
    const end = `\n${mark}\n`
    client.stdin.write(`${packed.length} ${mark}\n`)
    client.stdin.write(packed)
    const text = await collect({ output, stop }, alias, end)
    return text.endsWith(end) ? parse(text.slice(0, -end.length), mark) : undefined
  }
  const takeTurn = async (archive: Archive) => {
    isTaken = true
    try {
      return await serve(archive)
    } finally {
      isTaken = false
    }
  }
  return {
    isFree: () => !isTaken && !client.hasEnded(),
    async greeting(signal) {
      using _stop = stopWhen(signal, client)
      for await (const line of linesOf(output))
        if (line === greetings.ready || line === greetings.noSudo) return line
      return undefined
    },
    run: (archive, signal) => orAbort(takeTurn(archive), signal),
  }
}

/** What the script printed, then its code on a line with the mark, then what it said on standard error. */
function parse(text: string, mark: string): Finished {
  const at = text.indexOf(`\n${mark} `)
  const rest = text.slice(at + mark.length + 2)
  const line = rest.indexOf('\n')
  return { code: Number(rest.slice(0, line)), stdout: text.slice(0, at), stderr: rest.slice(line + 1) }
}

async function orAbort<Result>(turn: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const { promise, reject } = Promise.withResolvers<never>()
  const abort = () => reject(signal.reason)
  signal.addEventListener('abort', abort)
  if (signal.aborted) abort()
  try {
    return await Promise.race([turn, promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
