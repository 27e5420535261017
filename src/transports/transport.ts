/** How a script reaches a host. Reading and writing are separate types, so that planning has no way to write. */
import type { Sendable } from '../resources/kind.ts'

/** Files by path, relative to the directory that they are unpacked into; `main` is the script that is run. */
export type Archive = Readonly<Record<string, Sendable>>

/** What a finished script left behind. */
export interface Finished {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** The way to ask a host something, as root. */
export interface Reader {
  /** Unpacks the archive into a fresh directory under /run/copse, runs `main` in it and removes it. */
  run(archive: Archive, signal: AbortSignal): Promise<Finished>
}

/** A machine that hosts are reached through, and asked from: this one has no way to them. */
export interface JumpHost {
  readonly reader: Reader
  /** The socket of the connection to it. */
  readonly controlPath: string
}

/** The way to change a host, as root. */
export interface Transport extends Reader {
  /** Like `run`, but yields standard output line by line while the script runs, and leaves the directory to the script. */
  stream(archive: Archive, signal: AbortSignal): AsyncIterable<string>
  /** Proves that a new login works: opens a second, unshared connection and runs `true`. */
  loginAnew(signal: AbortSignal): Promise<boolean>
}

/** Trouble on the way to a host. `changed-key`: somebody else answers there. */
export class Unreachable extends Error {
  readonly reason: 'no-answer' | 'no-entry' | 'changed-key'
  readonly hint: string | undefined

  constructor(reason: Unreachable['reason'], message: string, hint?: string) {
    super(message)
    this.name = 'Unreachable'
    this.reason = reason
    this.hint = hint
  }
}
