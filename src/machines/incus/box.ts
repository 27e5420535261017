/** The Linux machine whose container engine holds the machines, and all that copse does there: this one, or one reached by SSH. */
import type { ProviderContext } from '../provider.ts'
import type { ToolOptions } from './tool.ts'

/** What is asked of a box and done there. Paths are the box's own; text is UTF-8. */
export interface Box extends AsyncDisposable {
  /** In messages: `this box`. */
  readonly name: string
  /** False: it is another machine, and hosts are only reached through it. */
  readonly isHere: boolean
  /** May copse change it? */
  readonly isRoot: boolean
  /** The operator's variables that may move an engine's directory. */
  readonly variables: Readonly<Record<string, string | undefined>>
  /** Runs a program to its end, as `run` in tool.ts does. */
  run(file: string, args: readonly string[], options: ToolOptions): Promise<string>
  /** Starts a program that talks, and that ends when its standard input does. */
  attach(file: string, args: readonly string[], signal: AbortSignal): Promise<Attached>
  /** Starts a program that outlives copse, with nothing of ours; its number. */
  startDaemon(daemon: Daemon): Promise<number>
  /** Tells a process, as SIGPWR, that the box goes down. */
  powerFail(pid: number): Promise<void>
  /** Of these programs, those that are not installed. */
  missing(programs: readonly string[]): Promise<readonly string[]>
  /** Undefined where there is no such file. */
  read(path: string): Promise<string | undefined>
  /** The names in a directory; none where there is no such directory. */
  list(path: string): Promise<readonly string[]>
  exists(path: string): Promise<boolean>
  /** Changes a file in place, as those of the kernel must be. */
  write(path: string, text: string): Promise<void>
  /** Puts a new file in the place of an old one, in one step. */
  replace(path: string, text: string): Promise<void>
  append(path: string, text: string): Promise<void>
  /** With those above it. */
  makeDirectory(path: string, mode: number): Promise<void>
  /** A new directory whose name begins so; its path. */
  makeTemporary(prefix: string): Promise<string>
  /** With all that is in it; one that is not there is as good. */
  remove(path: string): Promise<void>
  /** A directory that nothing is in; any other stays. */
  removeEmpty(path: string): Promise<void>
  room(path: string): Promise<Room>
  /** Its IPv4 addresses. */
  addresses(): Promise<readonly BoxAddress[]>
  /** Where a socket of the box is reached from here; throws an error with the code of connect(2) where it is not. */
  socket(path: string): Promise<string>
  /** The code of connect(2) for a socket that was in use until this error. */
  connectCode(path: string, error: unknown): Promise<string | undefined>
  /** Does something at port 22 of an address greet as SSH servers do, within so many seconds? */
  greets(address: string, seconds: number): Promise<boolean>
  /** Throws when none of these DNS servers knows the name. */
  lookUp(name: string, servers: readonly string[]): Promise<void>
}

/** A program that is at work on the box until it is disposed. */
export interface Attached extends AsyncDisposable {
  /** What it said first; undefined when it ended without a word. */
  readonly said: string | undefined
}

export interface Daemon {
  readonly file: string
  readonly args: readonly string[]
  /** All its variables. */
  readonly env: Readonly<Record<string, string>>
  /** What it says is added to this file. */
  readonly log: string
}

/** A file system's room. */
export interface Room {
  readonly freeBytes: number
  readonly isBtrfs: boolean
}

export interface BoxAddress {
  readonly device: string
  /** `10.61.0.1/24`. */
  readonly cidr: string
}

/** What a call of the provider is given, and its box. */
export interface BoxContext extends ProviderContext {
  readonly box: Box
}
