/** What else goes over a host's shared connection: single commands, sockets of the host, and connections from there. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { CopseError } from '../../lib/errors.ts'
import { type Finished, Unreachable } from '../transport.ts'
import { type SshClient, startClient, stopWhen } from './client.ts'
import { collect } from './collect.ts'
import { clientArguments } from './master.ts'
import { type Options, optionArguments, optionPath, readShownKey } from './options.ts'
import { scriptCommand } from './remote-command.ts'
import type { Connection } from './run-script.ts'

const execute = promisify(execFile)

/** A constant script with its words, as root. */
export interface RemoteScript {
  readonly script: string
  readonly words: readonly string[]
}

/** Starts it with standard input open: who calls ends that. */
export function startRemote({ dial, socket }: Connection, { script, words }: RemoteScript): SshClient {
  return startClient(clientArguments(dial, { ...socket, ControlMaster: 'no' }, scriptCommand(script, words)))
}

/** How often a script is told that copse is still there, in milliseconds; it gives up after a minute without. */
const pulseMs = 15_000

/** POSIX sh that passes on what tells it so, and ends when nothing does: a machine that fell asleep closes nothing. */
export const pulse = 'while beat=$(timeout 60 head -c 1) && [ -n "$beat" ]; do printf %s "$beat"; done'

/** Tells a client's script that copse is there, until it is disposed. */
export function keepPulse({ stdin }: SshClient): Disposable {
  const timer = setInterval(() => stdin.write('.'), pulseMs)
  timer.unref()
  return { [Symbol.dispose]: () => clearInterval(timer) }
}

export interface CallOptions {
  readonly input?: string | undefined
  readonly signal?: AbortSignal | undefined
  /** The script reads a pulse on standard input, whose end means that copse is gone. */
  readonly isTethered?: boolean
}

/** Runs it to its end; throws Unreachable when the connection broke, and the signal's reason. */
export async function callRemote(
  connection: Connection,
  remote: RemoteScript,
  { input = '', signal, isTethered = false }: CallOptions = {},
): Promise<Finished> {
  const client = startRemote(connection, remote)
  using _stop = stopWhen(signal ?? new AbortController().signal, client)
  using _pulse = isTethered ? keepPulse(client) : undefined
  if (!isTethered) client.stdin.end(input)
  const [stdout, { code, stderr }] = await Promise.all([collect(client, connection.dial.alias), client.ended])
  signal?.throwIfAborted()
  if (code === 255 && !connection.master.isAlive())
    throw new Unreachable(
      'no-answer',
      `the connection to ${connection.dial.alias} broke while something was at work there`,
      'give the same command again',
    )
  return { code, stdout, stderr: readShownKey(stderr).said }
}

/** Reaches a socket of the host by one of this machine, for as long as the connection is open. */
export async function forwardSocket(connection: Connection, local: string, remote: string): Promise<void> {
  const words = [...alone(connection, {}), '-O', 'forward', '-L', `${local}:${remote}`]
  try {
    await execute('ssh', [...words, '--', connection.dial.target.address], { timeout: 30_000 })
  } catch (cause) {
    throw new CopseError('failed', `${remote} of ${connection.dial.alias} cannot be reached from here`, {
      cause,
      hint: `see that sshd there lets sockets be forwarded: AllowStreamLocalForwarding and DisableForwarding`,
    })
  }
}

/** A look at a port, as the host reaches it. */
export interface Look {
  readonly address: string
  readonly port: number
  /** How long it may take, with what a client takes to start. */
  readonly seconds: number
}

/** Does something there greet as SSH servers do? */
export async function greetsOver(connection: Connection, { address, port, seconds }: Look): Promise<boolean> {
  const words = [...alone(connection, { BatchMode: 'yes', LogLevel: 'QUIET' }), '-W', `[${address}]:${port}`]
  const client = startClient([...words, '--', connection.dial.target.address])
  using _stop = stopWhen(AbortSignal.timeout(seconds * 1000), client)
  let isGreeting = false
  for await (const piece of client.output) {
    isGreeting = piece.startsWith('SSH-')
    // A greeting in return, or the server would log an error about every look at it.
    client.stdin.end('SSH-2.0-copse\r\n')
    break
  }
  await client.ended
  return isGreeting
}

/** Over the shared connection or not at all, whatever the user's settings say. */
function alone({ controlPath }: Connection, options: Options): readonly string[] {
  return ['-F', 'none', ...optionArguments({ ...options, ControlPath: optionPath(controlPath) })]
}
