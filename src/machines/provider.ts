/** The contract of a machine provider: where hosts come from. */
import type { Environment, Host } from '../model/environment.ts'
import type { SshTarget } from '../transports/ssh-target.ts'

/** What a provider found of a host's machine. `foreign`: something with its name or address that copse did not make. */
export interface Machine {
  readonly host: string
  readonly state: 'running' | 'stopped' | 'absent' | 'foreign' | 'unknown'
  /** The identity that copse gave it, where the provider knows it. */
  readonly uuid?: string | undefined
  /** Why it is unknown or foreign, in one line. */
  readonly detail?: string | undefined
}

/** What every provider call is given. */
export interface ProviderContext {
  readonly environment: Environment
  /** The environment's own directory on the controller (0700): keys, ids, known hosts. */
  readonly stateDir: string
  readonly signal: AbortSignal
  /** Tells the operator what is being done, in a few words. */
  progress(subject: string, message: string): void
}

/** One thing that `doctor` looked at. */
export interface Finding {
  readonly check: string
  readonly ok: boolean
  readonly detail: string
  /** How to mend it, when it is not ok. */
  readonly fix?: string | undefined
}

export interface MachineProvider {
  readonly name: string
  /** False: machines are the user's own; copse neither makes nor destroys them. */
  readonly makesMachines: boolean
  /** Looks at this box or cloud; changes nothing. */
  examine(context: ProviderContext): Promise<readonly Finding[]>
  /** The state of every host of the definition, and machines that copse made for this environment and that it no longer names. */
  list(context: ProviderContext): Promise<readonly Machine[]>
  /** What machines need once: engine, pool, network, images. Idempotent. */
  prepare(context: ProviderContext): Promise<void>
  /** Makes a machine, or starts one that is stopped, and returns when its init runs. A failure half-way leaves nothing. */
  create(context: ProviderContext, host: Host): Promise<void>
  start(context: ProviderContext, host: Host): Promise<void>
  /** Removes a machine that copse made, by host name; refuses one that it did not make. */
  destroy(context: ProviderContext, host: string): Promise<void>
  /** Removes what `prepare` made, when nothing else uses it. */
  release(context: ProviderContext): Promise<void>
  target(context: ProviderContext, host: Host): Promise<SshTarget>
  /** The uuid in the identity (model/identity.ts) of a machine that copse made; undefined for servers that it did not make. */
  identity(context: ProviderContext, host: Host): Promise<string | undefined>
}
