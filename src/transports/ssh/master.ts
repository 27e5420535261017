/** The connection to a host that all its scripts share, and the unshared login that proves a way in. */
import type { Unreachable } from '../transport.ts'
import { type SshClient, startClient, stopWhen } from './client.ts'
import { type Options, optionArguments, type SshLink, scriptOptions } from './options.ts'
import { greetings, serveCommand } from './remote-command.ts'
import { processOf, type RemoteProcess } from './remote-process.ts'
import { connectTrouble, sudoTrouble } from './trouble.ts'

/** How copse connects to a host. */
export interface Dial extends SshLink {
  /** Until the host's first word; a login may take 30 s in all. */
  readonly connectTimeoutMs: number
}

export interface Master extends AsyncDisposable {
  isAlive(): boolean
  readonly remote: RemoteProcess
}

const loginTimeoutMs = 30_000

/** The arguments of `ssh` for one remote command, shared or not as `sharing` says. */
export function clientArguments(dial: Dial, sharing: Options, command: string): readonly string[] {
  const options = { ...scriptOptions(dial, dial.connectTimeoutMs), ...sharing }
  return [...optionArguments(options), '--', dial.target.address, command]
}

/** Connects and listens on `socket`; throws Unreachable. It ends when copse does, which holds its standard input. */
export async function openMaster(dial: Dial, socket: Options, signal: AbortSignal): Promise<Master> {
  const client = startClient(clientArguments(dial, { ...socket, ControlMaster: 'yes' }, serveCommand))
  const remote = processOf(client, dial.alias)
  const greeting = await remote.greeting(AbortSignal.any([signal, AbortSignal.timeout(loginTimeoutMs)]))
  if (greeting === greetings.ready)
    return { isAlive: () => !client.hasEnded(), remote, [Symbol.asyncDispose]: () => close(client) }
  // One that ends by itself is let finish: what it says last tells why.
  if (greeting === greetings.noSudo) client.stop()
  const { stderr } = await client.ended
  signal.throwIfAborted()
  if (greeting === greetings.noSudo) throw sudoTrouble(dial, stderr)
  throw await connectTrouble(dial, stderr, signal)
}

/** Root already, or a user who may become it. */
const provesEntry = '[ "$(id -u)" -eq 0 ] || exec sudo -n true'

/** Opens a second, unshared connection and becomes root there: undefined when it could. */
export async function tryLogin(dial: Dial, signal: AbortSignal): Promise<Unreachable | undefined> {
  const client = startClient(clientArguments(dial, { ControlMaster: 'no', ControlPath: 'none' }, provesEntry))
  using _stop = stopWhen(AbortSignal.any([signal, AbortSignal.timeout(loginTimeoutMs)]), client)
  client.stdin.end()
  for await (const _said of client.output);
  const { code, stderr } = await client.ended
  signal.throwIfAborted()
  return code === 0 ? undefined : connectTrouble(dial, stderr, signal)
}

async function close(client: SshClient): Promise<void> {
  client.stop()
  await client.ended
}
