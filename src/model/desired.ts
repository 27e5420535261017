/** What one environment is meant to be: the value that loading a config ends with. Plain JSON-able data. */
import type { Environment, Host } from './environment.ts'
import type { Probe } from './probe.ts'
import type { Resource } from './resource.ts'

/** One environment with everything that its hosts must have and prove. */
export interface Desired {
  /** The config file, absolute. */
  readonly file: string
  readonly environment: Environment
  readonly hosts: readonly DesiredHost[]
}

/** A server behind a balancer. Both scripts are POSIX sh that the balancer's host runs as root. */
export interface Balanced {
  /** The server's host, by name. */
  readonly server: string
  /** Sends it nothing new, and ends when it has nothing to do any more or the time for that is over. */
  readonly drain: string
  /** Ends when it is sent requests again; fails when it does not come back. */
  readonly restore: string
}

/** One host's resources, in the order in which they are made, and the probes that ask about it. */
export interface DesiredHost {
  readonly host: Host
  readonly resources: readonly Resource[]
  readonly probes: readonly Probe[]
  /** Servers that this host sends requests to. */
  readonly balanced: readonly Balanced[]
  /** Ids, `kind key`, of the resources that hold nothing of this host or its environment. */
  readonly common: readonly string[]
  /** Paths, with shell globs, of secrets that package scripts make up: no two machines may share them. */
  readonly secrets: readonly string[]
}
