/** The environment that a command names: loaded, and opened with its progress shown. */
import { resolve } from 'node:path'
import { environmentNames, findConfig, loadConfig } from '../config/load.ts'
import { openSession, type Session } from '../engine/session.ts'
import { CopseError } from '../lib/errors.ts'
import type { Desired } from '../model/desired.ts'
import { selectHosts } from '../model/selection.ts'
import type { Invocation } from './command.ts'
import type { ChangeFlags, HostFlags, SessionFlags } from './flags.ts'
import { showProgress } from './progress.ts'

/** What a command that works on hosts is given. */
export interface Opened {
  readonly session: Session
  /** The hosts that `-l` and `--exclude` leave, or those that were named. */
  readonly hosts: readonly string[]
}

/** The definition of the environment that the first word names. */
export async function desiredOf(invocation: Invocation): Promise<Desired> {
  const file = findConfig(resolve(invocation.flags.directory))
  const [environment] = invocation.words
  if (environment === undefined) throw await nothingNamed(invocation.command, file)
  const { signal, thread } = invocation
  return loadConfig(file, environment, { signal, thread })
}

async function nothingNamed(command: string, file: string): Promise<CopseError> {
  const names = await environmentNames(file)
  return new CopseError('usage', `copse ${command} needs an environment as its first word`, {
    hint: `environments: ${names.join(' ')}; for example: copse ${command} ${names[0] ?? 'ENV'}`,
  })
}

/** What of an environment is worked on. */
export interface Narrowed {
  /** Hosts besides those of `-l`. */
  readonly names?: readonly string[]
  /** The only resources that may be changed, by `kind key`. */
  readonly only?: (id: string) => boolean
}

/** Opens the environment, works, and closes every connection again. */
export async function withEnvironment(
  invocation: Invocation<Partial<HostFlags & SessionFlags & ChangeFlags>>,
  work: (opened: Opened) => Promise<number>,
  { names = [], only }: Narrowed = {},
): Promise<number> {
  const { screen, signal, flags } = invocation
  const desired = await desiredOf(invocation)
  const { limit = [], exclude = [] } = flags
  const hosts = selectHosts(desired.environment, { limit: [...names, ...limit], exclude })
  using progress = await showProgress(screen, flags.verbose)
  await using session = openSession(desired, {
    signal,
    emit: (event) => progress.emit(event),
    parallel: flags.parallel,
    lockTimeoutMs: flags.lockTimeout,
    only,
  })
  return await work({ session, hosts })
}
