/** A host reached by the system's own OpenSSH: one connection, shared by all scripts that run there. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SshTarget } from '../ssh-target.ts'
import type { Transport } from '../transport.ts'
import { knownHostsLine } from './known-hosts.ts'
import { type Dial, openMaster, tryLogin } from './master.ts'
import { optionPath } from './options.ts'
import { type Connection, runScript, streamScript } from './run-script.ts'
import { makeRuntimeDirectory } from './runtime-directory.ts'

export interface OpenOptions {
  /** Names the host in messages, and its pinned key. */
  readonly alias: string
  /** Ends connecting; an open connection stays until it is disposed. */
  readonly signal: AbortSignal
  /** Until the host's first word, in milliseconds. Default 5 s. */
  readonly connectTimeoutMs?: number
}

/**
 * Connects, or throws Unreachable. Scripts run as root: through `sudo -n` where the way in is not root.
 * Once the connection broke, scripts make their own; open anew to share one again.
 */
export async function openSsh(target: SshTarget, options: OpenOptions): Promise<Transport & AsyncDisposable> {
  const connection = await openConnection(target, options)
  return { ...transportOver(connection), [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose]() }
}

/** The connection alone, for those who run more than scripts over it. */
export async function openConnection(
  target: SshTarget,
  options: OpenOptions,
): Promise<Connection & AsyncDisposable> {
  const { alias, signal, connectTimeoutMs = 5000 } = options
  await using opening = new AsyncDisposableStack()
  const { path: directory } = opening.use(await makeRuntimeDirectory())
  const dial: Dial = { target, alias, connectTimeoutMs, knownHosts: join(directory, 'known_hosts') }
  if (target.hostKey !== undefined)
    await writeFile(dial.knownHosts, knownHostsLine(alias, target.hostKey), { mode: 0o600 })
  const controlPath = join(directory, 's')
  const socket = { ControlPath: optionPath(controlPath) }
  const master = opening.use(await openMaster(dial, socket, signal))
  const open = opening.move()
  return {
    dial,
    socket,
    master,
    directory,
    controlPath,
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  }
}

/** Scripts over a connection that somebody else closes. */
export function transportOver(connection: Connection): Transport {
  return {
    run: (archive, signal) => runScript(connection, archive, signal),
    stream: (archive, signal) => streamScript(connection, archive, signal),
    loginAnew: (signal) =>
      tryLogin(connection.dial, signal).then(
        (trouble) => trouble === undefined,
        () => false,
      ),
  }
}
