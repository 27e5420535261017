/** Runs an archive's script on a host over its shared connection. */
import { pipeline } from 'node:stream/promises'
import { CopseError } from '../../lib/errors.ts'
import { packArchive } from '../archive.ts'
import { linesOf } from '../lines.ts'
import { type Archive, type Finished, Unreachable } from '../transport.ts'
import { type SshClient, startClient, stopWhen } from './client.ts'
import { collect } from './collect.ts'
import { clientArguments, type Dial, type Master, tryLogin } from './master.ts'
import { type Options, readShownKey } from './options.ts'
import { endedWith255, runCommand } from './remote-command.ts'

/** An open connection. */
export interface Connection {
  readonly dial: Dial
  /** The options that make clients share it. */
  readonly socket: Options
  readonly master: Master
  /** What lives as long as it may lie here. */
  readonly directory: string
  readonly controlPath: string
}

/** Runs `main` to its end; throws Unreachable when the connection breaks, and the signal's reason. */
export async function runScript(to: Connection, archive: Archive, signal: AbortSignal): Promise<Finished> {
  const { remote } = to.master
  if (!remote.isFree()) return runApart(to, archive, signal)
  const finished = await remote.run(archive, signal)
  if (!finished) throw (await tryLogin(to.dial, signal)) ?? broken(to)
  return { ...finished, stderr: withoutMark(finished.stderr) }
}

/** The same by a client of its own. */
async function runApart(to: Connection, archive: Archive, signal: AbortSignal): Promise<Finished> {
  const client = startScript(to, 'remove')
  using _stop = stopWhen(signal, client)
  const [finished, stdout] = await Promise.all([
    finish(to, { client, archive, signal }),
    collect(client, to.dial.alias),
  ])
  return { ...finished, stdout }
}

/** Yields the script's lines; throws too when it ends with another code than 0. */
export async function* streamScript(
  to: Connection,
  archive: Archive,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const client = startScript(to, 'keep')
  using _stop = stopWhen(signal, client)
  const finished = finish(to, { client, archive, signal })
  finished.catch(() => undefined)
  try {
    yield* linesOf(client.output)
    const { code, stderr } = await finished
    if (code !== 0)
      throw new CopseError(
        'failed',
        `the script on ${to.dial.alias} ended with code ${code}: ${stderr.trim()}`,
      )
  } finally {
    client.stop()
  }
}

function startScript({ dial, socket }: Connection, directory: 'keep' | 'remove'): SshClient {
  return startClient(clientArguments(dial, { ...socket, ControlMaster: 'no' }, runCommand(directory)))
}

interface Running {
  readonly client: SshClient
  readonly archive: Archive
  readonly signal: AbortSignal
}

/** Sends the archive and waits; 255 is the script's own code only where the host says so. */
async function finish(
  to: Connection,
  { client, archive, signal }: Running,
): Promise<Omit<Finished, 'stdout'>> {
  const [{ code, stderr, wasStopped }] = await Promise.all([client.ended, feed(client, archive)])
  signal.throwIfAborted()
  const { said } = readShownKey(stderr)
  if (code !== 255 || wasStopped) return { code, stderr: said }
  if (said.includes(endedWith255)) return { code, stderr: withoutMark(said) }
  const trouble = await tryLogin(to.dial, signal)
  if (trouble) throw trouble
  if (to.master.isAlive()) return { code, stderr: `${said}the script was killed on the host\n` }
  throw broken(to)
}

function withoutMark(stderr: string): string {
  return stderr.replace(`${endedWith255}\n`, '')
}

function broken({ dial }: Connection): Unreachable {
  return new Unreachable(
    'no-answer',
    `the connection to ${dial.alias} broke while a script was at work there; it answers again`,
    'give the same command again',
  )
}

/** A client that ends before it has read everything is not the archive's fault. */
async function feed(client: SshClient, archive: Archive): Promise<void> {
  try {
    await pipeline(packArchive(archive), client.stdin)
  } catch (error) {
    if (isBrokenPipe(error)) return
    client.stop()
    throw error
  }
}

function isBrokenPipe(error: unknown): boolean {
  const codes = ['EPIPE', 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED']
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}
