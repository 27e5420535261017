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

/** One host's resources, in the order in which they are made, and the probes that ask about it. */
export interface DesiredHost {
  readonly host: Host
  readonly resources: readonly Resource[]
  readonly probes: readonly Probe[]
  /** Ids, `kind key`, of the resources that hold nothing of this host or its environment. */
  readonly common: readonly string[]
  /** Paths, with shell globs, of secrets that package scripts make up: no two machines may share them. */
  readonly secrets: readonly string[]
}
