/** Which machine provider an environment uses, and its settings: plain data that the config's builders make. */
import type { DebianRelease } from './environment.ts'

/** Containers of Incus or LXD on a box. */
export interface IncusSpec {
  readonly provider: 'incus'
  /** The box whose engine holds the machines: this one, or one that OpenSSH reaches. */
  readonly box: BoxSpec
}

/** `ssh` names it as the user's own OpenSSH settings do: `hpcube`, `ops@192.0.2.7`. */
export type BoxSpec = 'local' | { readonly ssh: string }

/** Servers that copse did not make. */
export interface ExistingSpec {
  readonly provider: 'existing'
  /** Settings for every server that does not say otherwise. */
  readonly defaults: ExistingServer
  /** By host name. */
  readonly servers: Readonly<Record<string, ExistingServer>>
}

/** One of them: how it is reached, and what it runs. */
export interface ExistingServer extends WayIn {
  /** Its release of Debian; that of its host in the definition when absent. */
  readonly debian?: DebianRelease | undefined
}

/** How a server is reached; what is absent is left to the user's own OpenSSH settings. */
export interface WayIn {
  /** Address or name to connect to; the host's address on the LAN when absent. */
  readonly address?: string | undefined
  /** root, or a user who may `sudo -n`. */
  readonly user?: string | undefined
  readonly port?: number | undefined
  /** Private key file, absolute or relative to the config. */
  readonly identityFile?: string | undefined
  /** A known_hosts file that knows the server, absolute or relative to the config; the user's own when absent. */
  readonly knownHosts?: string | undefined
  /** The server's public host key, `ssh-ed25519 AAAA...`; without it the known_hosts must know the server. */
  readonly hostKey?: string | undefined
}

export type ProviderSpec = IncusSpec | ExistingSpec
