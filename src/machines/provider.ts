/** The contract of a machine provider: where hosts come from. */
import type { DebianRelease, Environment, Host, Publication } from '../model/environment.ts'
import type { SshTarget } from '../transports/ssh-target.ts'
import type { JumpHost } from '../transports/transport.ts'

/**
 * What a provider found of a host's machine. `foreign`: something with its name or address that copse did not make, or
 * that another operator holds the way in to.
 */
export interface Machine {
  readonly host: string
  readonly state: 'running' | 'stopped' | 'absent' | 'foreign' | 'unknown'
  /** The identity that copse gave it, where the provider knows it. */
  readonly uuid?: string | undefined
  /** Why it is unknown or foreign, in one line. */
  readonly detail?: string | undefined
  /** What to do about that. */
  readonly hint?: string | undefined
  /** Volumes of the definition that a running one was not given yet, by name. */
  readonly lacks?: readonly string[]
  /** What is left of an earlier machine of the host, whose ending was cut short, is still there. */
  readonly isDoubled?: boolean
  /** It still gives way to others, as one does that is being made. */
  readonly isGivingWay?: boolean
  /** When it was last started, in milliseconds since 1970 by its box's clock. */
  readonly started?: number
}

/** What every provider call is given. */
export interface ProviderContext {
  readonly environment: Environment
  /** The environment's own directory on the controller (0700): keys, ids, known hosts. */
  readonly stateDir: string
  /** Whose environment it is, where its way in was adopted (owner.ts). */
  readonly owner?: string | undefined
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
  /** Does that, where it is safe; `say` is told each thing that it does. */
  readonly mend?: ((say: (message: string) => void) => Promise<void>) | undefined
}

/** A machine that was made once, and that others are copied from. */
export interface Image {
  /** Of what it holds; the same for all who want the same. */
  readonly id: string
  /** Since when, as ISO 8601 in UTC. */
  readonly made: string
  readonly debian: DebianRelease
  /** What it holds, in a few words. */
  readonly holds: string
  /** False: too old, or made on a base that is no longer the one. */
  readonly isFresh: boolean
}

/** Golden images. */
export interface ImageStore {
  list(context: ProviderContext): Promise<readonly Image[]>
  /** Stops the machine of a host that `create` made, takes from it what only one machine may have, and keeps it. */
  keep(context: ProviderContext, host: Host, image: Pick<Image, 'id' | 'holds'>): Promise<void>
  remove(context: ProviderContext, id: string): Promise<void>
}

/** A volume that is there, whether the definition still names it or not. */
export interface KeptVolume {
  /** The host whose data it holds, by name. */
  readonly host: string
  readonly name: string
}

/** Data that outlives machines. */
export interface VolumeStore {
  list(context: ProviderContext): Promise<readonly KeptVolume[]>
  /** Deletes the data; refused while a machine uses it. */
  remove(context: ProviderContext, volume: KeptVolume): Promise<void>
}

/** Packages that `prepare` installed on the box. `release` leaves them there: others may have come to use them. */
export interface BoxPackages {
  /** By name; empty where it installed none. */
  list(context: ProviderContext): Promise<readonly string[]>
  /** Removes them with their settings; refuses while anything on the box needs them. */
  remove(context: ProviderContext): Promise<void>
}

/** One line of a plan: a port of the box, `80/tcp`, and what happens to it. */
export interface PublishChange {
  readonly port: string
  readonly action: 'create' | 'update' | 'destroy'
  readonly why: string
}

/** Ports of the box that lead to hosts. */
export interface Publishing {
  /** What differs between what is published and what should be. Throws `refused` where a port is somebody else's. */
  plan(context: ProviderContext): Promise<readonly PublishChange[]>
  /** Publishes these, and nothing else of the environment. */
  set(context: ProviderContext, publications: readonly Publication[]): Promise<void>
  /** The addresses that it is published at. */
  addresses(context: ProviderContext): Promise<readonly string[]>
}

/** How a machine is made anew. */
export interface Replacing {
  /** The id of a golden image to copy. */
  readonly image?: string | undefined
  /** Resolves when nobody uses the old machine any more; where it rejects, that one stays as it is. */
  mayEnd(): Promise<void>
  /** Told of the old machine's removal where the new one needs nothing of it any more; nobody else waits for that. */
  ending(removal: Promise<void>): void
}

/** An environment of the definition that another operator holds the way in to. */
export interface Adoptable {
  readonly owner: string
  /** Who that is, and since when: in a few words. */
  readonly holder: string
  /** Their state directory, where that is on this machine. */
  readonly stateDir: string | undefined
  readonly machines: readonly Machine[]
  readonly volumes: readonly KeptVolume[]
}

/** Moving the way in of machines from one operator to another. */
export interface Adoption {
  /** Undefined: this operator holds it already. Throws CopseError where there is nothing to adopt, or it is not clear what. */
  find(context: ProviderContext): Promise<Adoptable | undefined>
  /**
   * Gives the machines this operator's key in place of the former one, and learns their host keys; restarts nothing.
   * Cut short, it is done again from the start. Answers the highest run number that a machine has seen.
   */
  take(context: ProviderContext, adoptable: Pick<Adoptable, 'owner'>): Promise<number>
}

/** Disposing closes what it opened. */
export interface MachineProvider extends AsyncDisposable {
  readonly name: string
  /** False: machines are the user's own; copse neither makes nor destroys them. */
  readonly makesMachines: boolean
  /** Looks at this box or cloud; changes nothing, unless what it found is mended. */
  examine(context: ProviderContext): Promise<readonly Finding[]>
  /** The state of every host of the definition, and machines that copse made for this environment and that it no longer names. */
  list(context: ProviderContext): Promise<readonly Machine[]>
  /** What machines need once: engine, pool, network, images. Idempotent. */
  prepare(context: ProviderContext): Promise<void>
  /** Puts back what the box forgets when it boots and machines do not miss; soon done where nothing is missing. */
  mend?(context: ProviderContext): Promise<void>
  /**
   * Makes a machine, or starts one that is stopped, and returns when its init runs. A failure half-way leaves nothing.
   * `image` is the id of a golden image to copy. Where it shares its processors with others, it gives way to them.
   */
  create(context: ProviderContext, host: Host, image?: string): Promise<void>
  /** Makes a machine anew while the old one, if there is any, still runs: that is ended once `mayEnd` says so. */
  replace(context: ProviderContext, host: Host, replacing: Replacing): Promise<void>
  /**
   * Starts a stopped machine, gives a running one the volumes and the share of its processors that it lacks, and removes what
   * is left of an earlier one.
   */
  start(context: ProviderContext, host: Host): Promise<void>
  /** Gives a machine that was made its full share of the processors. Absent where it has that from the start. */
  giveFullShare?(context: ProviderContext, host: Host): Promise<void>
  /** Removes a machine that copse made, by host name; refuses one that it did not make. Its volumes stay. */
  destroy(context: ProviderContext, host: string): Promise<void>
  /** Absent where machines cannot be copied. */
  readonly images?: ImageStore
  /** Absent where data is the user's own affair. */
  readonly volumes?: VolumeStore
  /** Absent where machines are reached at addresses of their own. */
  readonly publishing?: Publishing
  /** Absent where it installs none. */
  readonly packages?: BoxPackages
  /** Absent where operators go in by keys of their own. */
  readonly adoption?: Adoption
  /** Removes what `prepare` made, when nothing else uses it. */
  release(context: ProviderContext): Promise<void>
  /** The way that copse itself goes in. */
  target(context: ProviderContext, host: Host): Promise<SshTarget>
  /** The machine that hosts are reached through, and asked from. Absent where that is this one. */
  jump?(context: ProviderContext): Promise<JumpHost>
  /** Where sshd is and which key it has, for whoever has a way in of their own; throws CopseError where that is not known. */
  door(context: ProviderContext, host: Host): Promise<SshTarget>
  /** The uuid in the identity (model/identity.ts) of a machine that copse made; undefined for servers that it did not make. */
  identity(context: ProviderContext, host: Host): Promise<string | undefined>
}
