/** One command's work on one environment: its provider, and at most one connection to each host. */
import { setTimeout as sleep } from 'node:timers/promises'
import pLimit from 'p-limit'
import { CopseError } from '../lib/errors.ts'
import { providerFor } from '../machines/index.ts'
import { adoptedOwner } from '../machines/owner.ts'
import type { Machine, MachineProvider, ProviderContext } from '../machines/provider.ts'
import type { Desired, DesiredHost } from '../model/desired.ts'
import type { Host } from '../model/environment.ts'
import { identityText } from '../model/identity.ts'
import { localReader } from '../transports/local.ts'
import { openSsh } from '../transports/ssh/open.ts'
import { type Reader, type Transport, Unreachable } from '../transports/transport.ts'
import { openBook, type ReleaseBook } from './apps/book.ts'
import type { Context, Event } from './events.ts'
import { keepSecrets, type SecretKeeper, type SecretReader } from './secrets/keeper.ts'
import { storeFor } from './secrets/store.ts'
import { stateDirectory } from './state.ts'

/** What planning is given: it can look and cannot write. */
export interface ReadSession {
  readonly desired: Desired
  readonly context: Context
  readonly provider: MachineProvider
  readonly providerContext: ProviderContext
  readonly secrets: SecretReader
  /** Which release of each app hosts are to run. */
  readonly releases: ReleaseBook
  /** Which resources a run may change, by `kind key`; undefined: all. */
  readonly only?: ((id: string) => boolean) | undefined
  reader(host: string): Promise<Reader>
  /** The machine that the operator asks from: this one, or the one that hosts are reached through. */
  operator(): Promise<Reader>
  /** The text of the identity file that a host must carry. */
  identity(host: Host): Promise<string>
  /** How long another run is waited for, on the controller and on hosts, in milliseconds. */
  readonly lockTimeoutMs: number
  /** Works on a host once fewer than `parallel` others are worked on; not to be nested. */
  atOnce<Result>(work: () => Promise<Result>): Promise<Result>
}

/** What changing is given. */
export interface Session extends ReadSession, AsyncDisposable {
  readonly secrets: SecretKeeper
  transport(host: string): Promise<Transport>
  /** A connection of one's own, also to a machine that the definition does not name. */
  connect(host: Host): Promise<Transport & AsyncDisposable>
  /** Closes the connection to a host whose machine is made anew. */
  forget(host: string): Promise<void>
}

export interface SessionOptions {
  readonly signal: AbortSignal
  emit(event: Event): void
  readonly connectTimeoutMs?: number
  /** How long another run is waited for. Default 30 s. */
  readonly lockTimeoutMs?: number | undefined
  /** Which resources may be changed, by `kind key`. Default: all. */
  readonly only?: ((id: string) => boolean) | undefined
  /** Hosts worked on at the same time. Default 10. */
  readonly parallel?: number | undefined
}

const usualParallel = 10
const usualLockTimeoutMs = 30_000

/** Opens nothing yet: connections are made when they are first asked for. */
export function openSession(desired: Desired, options: SessionOptions): Session {
  const stateDir = stateDirectory(desired.file, desired.environment)
  const provider = providerFor(desired.environment.provider)
  const providerContext: ProviderContext = {
    environment: desired.environment,
    stateDir,
    owner: adoptedOwner(stateDir),
    signal: options.signal,
    progress: (subject, message) => options.emit({ event: 'progress', subject, message }),
  }
  const open = new Map<string, Promise<Transport & AsyncDisposable>>()
  const forget = async (host: string) => {
    const transport = open.get(host)
    open.delete(host)
    await (await transport?.catch(() => undefined))?.[Symbol.asyncDispose]()
  }
  const connect = async (host: Host): Promise<Transport & AsyncDisposable> => {
    const { jump, ...target } = await provider.target(providerContext, host)
    const between = jump && { ...jump, controlPath: (await provider.jump?.(providerContext))?.controlPath }
    const alias = `${host.machine}.${desired.environment.domain}`
    return openSsh({ ...target, jump: between }, { alias, ...options }).catch(async (error: unknown) => {
      if (!(error instanceof Unreachable)) throw error
      const machine = (await provider.list(providerContext)).find(({ host: name }) => name === host.name)
      if (error.reason !== 'no-answer' || !machine || !isBooting(machine) || options.signal.aborted)
        throw explained(error, machine)
      await sleep(200)
      return connect(host)
    })
  }
  const transport = async (name: string) => {
    const known = open.get(name) ?? connect(desiredHost(desired, name).host)
    open.set(name, known)
    return known
  }
  const limit = pLimit(options.parallel ?? usualParallel)
  return {
    desired,
    provider,
    providerContext,
    secrets: keepSecrets(desired, storeFor(desired, stateDir)),
    releases: openBook(),
    only: options.only,
    lockTimeoutMs: options.lockTimeoutMs ?? usualLockTimeoutMs,
    atOnce: (work) => limit(work),
    context: { signal: options.signal, stateDir, emit: (event) => options.emit(event) },
    reader: transport,
    operator: async () => (await provider.jump?.(providerContext))?.reader ?? localReader,
    transport,
    connect,
    forget,
    identity: async (host) =>
      identityText(desired.environment, host, await provider.identity(providerContext, host)),
    async [Symbol.asyncDispose]() {
      await Promise.all([...open.keys()].map(forget))
      await provider[Symbol.asyncDispose]()
    },
  }
}

const longestBootMs = 30_000

/** A machine that has just been started need not answer yet; its clock is its box's. */
function isBooting({ state, started }: Machine): boolean {
  return state === 'running' && started !== undefined && Math.abs(Date.now() - started) < longestBootMs
}

/** Whose key is refused may have lost the way in to another operator: the provider knows. */
function explained(error: Unreachable, machine: Machine | undefined): Unreachable {
  return error.reason === 'no-entry' && machine?.state === 'foreign'
    ? new Unreachable('no-entry', `${error.message}: ${machine.detail}`, machine.hint)
    : error
}

/** The wanted state of a host by name. */
export function desiredHost(desired: Desired, name: string): DesiredHost {
  const found = desired.hosts.find(({ host }) => host.name === name)
  if (!found) throw new CopseError('usage', `no host '${name}' in ${desired.environment.name}`)
  return found
}
