/** The environment that a command names: loaded, and opened with its progress shown. */
import { resolve } from 'node:path'
import { environmentNames, findConfig, loadConfig } from '../config/load.ts'
import { loadAge } from '../engine/secrets/seal.ts'
import { openSession, type Session, type SessionOptions } from '../engine/session.ts'
import { CopseError } from '../lib/errors.ts'
import { loadExeca } from '../machines/incus/tool.ts'
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
export async function desiredOf(
  invocation: Invocation,
  early?: (desired: Desired) => void,
): Promise<Desired> {
  const file = findConfig(resolve(invocation.flags.directory))
  const [environment] = invocation.words
  if (environment === undefined) throw await nothingNamed(invocation.command, file)
  const { signal, thread } = invocation
  return loadConfig(file, environment, { signal, thread, ...(early && { early }) })
}

async function nothingNamed(command: string, file: string): Promise<CopseError> {
  const names = await environmentNames(file)
  return new CopseError('usage', `copse ${command} needs an environment as its first word`, {
    hint: `environments: ${names.join(' ')}; for example: copse ${command} ${names[0] ?? 'ENV'}`,
  })
}

/** What will be needed soon is read now: while a thread evaluates the config, this one has nothing else to do. */
function readAhead(isChange: boolean): void {
  for (const load of isChange ? [loadAge, loadExeca] : [loadAge]) load().catch(() => undefined)
}

/** What of an environment is worked on, and how that begins. */
export interface Opening {
  /** Hosts besides those of `-l`. */
  readonly names?: readonly string[]
  /** The only resources that may be changed, by `kind key`. */
  readonly only?: (id: string) => boolean
  /** Begins what takes long and changes nothing, while it is still being looked for what is wrong with the config. */
  getReady?(opened: Opened): void
}

/** Opens the environment, works, and closes every connection again. */
export async function withEnvironment<Result>(
  invocation: Invocation<Partial<HostFlags & SessionFlags & ChangeFlags>>,
  work: (opened: Opened) => Promise<Result>,
  { names = [], only, getReady }: Opening = {},
): Promise<Result> {
  const { screen, flags } = invocation
  const { limit = [], exclude = [] } = flags
  using progress = await showProgress(screen, flags.verbose)
  const wrong = new AbortController()
  const signal = AbortSignal.any([invocation.signal, wrong.signal])
  await using sessions = new AsyncDisposableStack()
  const open = (desired: Desired): Opened => {
    const hosts = selectHosts(desired.environment, { limit: [...names, ...limit], exclude })
    const { parallel, lockTimeout: lockTimeoutMs } = flags
    const emit: SessionOptions['emit'] = (event) => progress.emit(event)
    const options = { signal, emit, parallel, lockTimeoutMs, only }
    return { session: sessions.use(openSession(desired, options)), hosts }
  }
  let opened: Opened | undefined
  const early = (desired: Desired) => {
    try {
      opened = open(desired)
      getReady?.(opened)
    } catch {
      // It is thrown again once it is known that the config is sound.
    }
  }
  const loaded = desiredOf(invocation, early)
  readAhead(getReady !== undefined)
  const desired = await loaded.catch((error: unknown) => {
    wrong.abort()
    throw error
  })
  return await work(opened ?? open(desired))
}
