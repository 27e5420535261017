/** `incus` and `existing`: where an environment's machines come from. */
import type { DebianRelease } from '../model/environment.ts'
import { callSite, type Place } from '../model/place.ts'
import type { BoxSpec, ExistingServer } from '../model/provider.ts'

/** Settings of `incus`. */
export interface IncusSettings {
  /**
   * The box whose engine holds the machines: `local` is the one that copse runs on. `{ ssh: 'hpcube' }` is one that
   * OpenSSH reaches, by an alias of your own settings or as `user@host`: ports, keys and jump hosts come from there. It
   * lets in root, or a user who may `sudo -n`. Nothing is changed on the machine that copse runs on.
   */
  readonly box: BoxSpec
}

/** Settings of `existing`. */
export interface ExistingSettings {
  /** Who logs in: root, or a user who may `sudo -n`. Default: what your own OpenSSH settings say. */
  readonly user?: string
  /** The port of sshd. Default: what your own OpenSSH settings say. */
  readonly port?: number
  /** Private key file, absolute, under `~/`, or relative to this file. Default: your own OpenSSH settings and agent. */
  readonly identityFile?: string
  /**
   * A known_hosts file of the servers' host keys, where all who operate the environment share it: beside this file, in its
   * repository. No other is asked then. Default: those that your own OpenSSH settings name.
   */
  readonly knownHosts?: string
  /** The release of Debian that they run. Default: what `hosts` says. */
  readonly debian?: DebianRelease
  /** What differs for single servers, by host name: `web1`. */
  readonly servers?: Readonly<Record<string, ExistingServer>>
}

/** A machine provider with its settings and the line that chose it. */
export type Machines =
  | { readonly provider: 'incus'; readonly settings: IncusSettings; readonly place: Place }
  | { readonly provider: 'existing'; readonly settings: ExistingSettings; readonly place: Place }

/** Machines are system containers of Incus or LXD on a box; copse makes and destroys them. */
export function incus(settings: IncusSettings): Machines {
  return { provider: 'incus', settings, place: callSite() }
}

/** Machines are servers that run already, each Debian 12 or 13 with sshd; copse neither makes nor destroys them. */
export function existing(settings: ExistingSettings = {}): Machines {
  return { provider: 'existing', settings, place: callSite() }
}
