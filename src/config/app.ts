/** `app`: software of the user's own, as a config file describes it. */
import { posix } from 'node:path'
import { callSite, type Place } from '../model/place.ts'
import type { SecretReference, SecretText } from '../model/secret.ts'
import type { HostInput } from './define.ts'

/** What a process finds under one name in its environment. */
export type Variable = string | number | boolean | SecretReference | SecretText

/** What `app` takes. */
export interface AppOptions {
  /** The folder that it is built from, relative to this file: `./apps/www`. It travels without what git ignores. */
  readonly source: string
  /** A branch, tag or commit of the git repository that the folder is in. Default: the folder as it is. */
  readonly ref?: string
  /**
   * Lines of POSIX sh that make of the source what runs, on the host with the role `ci`, as an account that may do nothing
   * else: `['npm ci', 'npm run build']`. What they leave in the folder is the app. Default: nothing is to be done.
   */
  readonly build?: readonly string[]
  /** A line of POSIX sh that tests what was built, for CI. It may leave a JUnit report in the file `$JUNIT`. */
  readonly test?: string
  /**
   * A line of POSIX sh that brings data to the shape of a new release, in the environment of its processes, before the
   * release starts while the old one still runs: so expand first, and remove in a later release.
   */
  readonly migrate?: string
  /**
   * What runs on each of its hosts. `web` answers requests: it listens on `$HOST` and `$PORT`. Others are told nothing of
   * the kind. `{ web: 'node main.ts' }`, or with their number on each host `{ web: { run: 'node main.ts', instances: 2 } }`.
   */
  readonly processes: Readonly<Record<string, string | ProcessOptions>>
  /** The path that a healthy `web` answers with 2xx. Default `/healthz`. */
  readonly health?: string
  /**
   * Further paths that each instance of `web` must answer with 2xx before it gets requests, and always: `['/']`. A release
   * whose health is good and whose pages are not does not take over. A process that has just started is asked for them until
   * it is used to it, at most 3 s, so that nobody has to wait while it becomes fast.
   */
  readonly checks?: readonly string[]
  /** What one instance may use of memory, in MiB; what takes more is ended and started again. Default: no limit. */
  readonly memory?: number
  /** Of the first instance of `web`; each further one has the next port. Default: 8000, 8010, and so on. */
  readonly port?: number
  /** Seconds that a process may take to end once it was told to (SIGTERM). Default 10. */
  readonly drain?: number
  /** Names in the zone, without the domain, by which balancers know it; they must be names of a balancer's host. Default: the app's own. */
  readonly names?: readonly string[]
  /**
   * Static files whose names change with their content: hosts with the role `web` give them out below `/APP/` of this name,
   * those of former releases too, and processes find the address in `$ASSETS_URL`.
   */
  readonly assets?: { readonly from: string; readonly name: string }
  /**
   * Endpoints that it uses, by name (`postgres`) or with their role (`metrics.statsd`), and other apps by theirs. For each,
   * there is a flow from its hosts, and it finds what it needs in its environment: `PGHOST` and so on, `STATSD`, `REPO_URL`.
   */
  readonly uses?: readonly string[]
  /** What processes find in their environment besides, or a function of the environment. */
  readonly variables?:
    | Readonly<Record<string, Variable>>
    | ((input: Pick<HostInput, 'environment'>) => Readonly<Record<string, Variable>>)
}

/** One kind of process. */
export interface ProcessOptions {
  /** A line of POSIX sh that becomes the program; programs of `node_modules/.bin` are found by name. */
  readonly run: string
  /** How many of it each host runs. Default 1. */
  readonly instances?: number
}

/** An app with the line that described it. */
export interface AppDefinition {
  readonly options: AppOptions
  readonly place: Place
}

/** Describes an app: `apps: { www: app({ source: './apps/www', processes: { web: 'node main.ts' } }) }`. */
export function app(options: AppOptions): AppDefinition {
  return { options, place: callSite() }
}

/** The folder of an app's source, absolute. */
export function folderOf(source: string, { file }: Place): string {
  return posix.isAbsolute(source) ? source : posix.join(posix.dirname(file), source)
}
