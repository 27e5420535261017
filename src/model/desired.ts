/** What one environment is meant to be: the value that loading a config ends with. Plain JSON-able data. */
import type { Allowance } from './allowance.ts'
import type { Environment, Host } from './environment.ts'
import type { Probe } from './probe.ts'
import type { Resource } from './resource.ts'

/** One environment with everything that its hosts must have and prove. */
export interface Desired {
  /** The config file, absolute. */
  readonly file: string
  readonly environment: Environment
  readonly hosts: readonly DesiredHost[]
  /** How it may differ from other environments. */
  readonly differences: readonly Allowance[]
}

/** A host behind a balancer, with all that it serves there. Both scripts are POSIX sh that the balancer's host runs as root. */
export interface Balanced {
  /** The host, by name. */
  readonly server: string
  /** Sends it nothing new, and ends when it has nothing to do any more or the time for that is over. */
  readonly drain: string
  /** Ends when it is sent requests again; fails when it does not come back. */
  readonly restore: string
}

/** Data of a host of which dumps are kept elsewhere, such as a database. */
export interface Restorable {
  /** What operators call it. */
  readonly name: string
  /**
   * A program of the host and its first words, run as root with one verb, the name, and for `restore` the dump where one was
   * chosen. `list` prints a line per dump, newest first: its name, when it was made (seconds since 1970) and its bytes, with
   * TAB between; `drill` restores the newest one beside the data and compares; `restore` puts it in the data's place. What
   * came of it is its last line, on standard output, or where it fails on standard error.
   */
  readonly program: readonly string[]
}

/** One host's resources, in the order in which they are made, and the probes that ask about it. */
export interface DesiredHost {
  readonly host: Host
  readonly resources: readonly Resource[]
  readonly probes: readonly Probe[]
  /** Servers that this host sends requests to. */
  readonly balanced: readonly Balanced[]
  /** What `copse restore` can bring back. */
  readonly restorable: readonly Restorable[]
  /** Ids, `kind key`, of the resources that hold nothing of this host or its environment. */
  readonly common: readonly string[]
  /** Paths, with shell globs, of secrets that package scripts make up: no two machines may share them. */
  readonly secrets: readonly string[]
}
