/** How OpenSSH reaches a machine: what providers answer and transports use. */

/** What is absent is left to the user's own OpenSSH settings. */
export interface SshTarget {
  /** Address or name to connect to. */
  readonly address: string
  readonly port?: number | undefined
  readonly user?: string | undefined
  /** Private key file, absolute. */
  readonly identityFile?: string | undefined
  /** The pinned host key line (`ssh-ed25519 AAAA...`); without it `knownHosts` decides. */
  readonly hostKey?: string | undefined
  /** The only known_hosts file that is asked, absolute; the user's own when absent. */
  readonly knownHosts?: string | undefined
  /** The machine between, where the target is only reached through one. */
  readonly jump?: Jump | undefined
  /** What is sent there never leaves this machine. Default: it may. */
  readonly staysHere?: boolean
}

/** A machine that OpenSSH goes through, by the user's own settings for it. */
export interface Jump {
  /** `hpcube`, `ops@192.0.2.7`. */
  readonly destination: string
  /** The socket of a connection to it that can be shared. */
  readonly controlPath?: string | undefined
}
