/** An app: software of the user's own, as one environment runs it. Pure data. */
import type { SecretText } from './secret.ts'

/** One app of an environment, with all that follows from the rest of the definition. */
export interface App {
  /** Also the role under which hosts carry it. */
  readonly name: string
  /** The hosts that run it, by name, in the definition's order. */
  readonly hosts: readonly string[]
  readonly source: AppSource
  /** Lines of POSIX sh, run one after another where the source is, that make of it what runs. */
  readonly build: readonly string[]
  /** A line of POSIX sh that tests what was built; it may leave a JUnit report at `$JUNIT`. */
  readonly test?: string | undefined
  /** A line of POSIX sh that brings data to the shape of a new release, before that starts. */
  readonly migrate?: string | undefined
  /** What runs on each of its hosts; the first is `web`, which answers requests. */
  readonly processes: readonly AppProcess[]
  /** The port of the first instance of `web`; each further one has the next. */
  readonly port: number
  /** The path that a healthy instance answers with 2xx. */
  readonly health: string
  /** Further paths that each instance answers with 2xx once it is well. */
  readonly checks: readonly string[]
  /** What one instance may use of memory, in MiB; undefined: no limit. */
  readonly memory?: number | undefined
  /** Seconds that a stopped instance may take to finish what it does. */
  readonly drain: number
  /** Names in the zone, without the domain, under which a balancer sends it requests. */
  readonly names: readonly string[]
  /** Files that web servers give out by themselves, below `/NAME/` of another name. */
  readonly assets?: AppAssets | undefined
  /** The endpoints that its hosts use for it, as flows name them. */
  readonly uses: readonly string[]
  /** What its processes find in their environment. */
  readonly variables: Readonly<Record<string, SecretText>>
}

/** Where an app is built from. */
export interface AppSource {
  /** A folder of the controller, absolute. */
  readonly folder: string
  /** A revision of the git repository that the folder is in; undefined: the folder as it is. */
  readonly ref?: string | undefined
}

/** One kind of process of an app. */
export interface AppProcess {
  readonly name: string
  /** A line of POSIX sh that becomes the program. */
  readonly run: string
  /** How many of it each host runs. */
  readonly instances: number
}

/** Static files of an app, with names that change with their content. */
export interface AppAssets {
  /** A folder of the built app. */
  readonly from: string
  /** The name in the zone that they are asked for by. */
  readonly name: string
}

/** The name of a process's template unit, without its instance: `www`, or `www-mail` for what is not `web`. */
export function unitOfProcess(app: Pick<App, 'name'>, process: Pick<AppProcess, 'name'>): string {
  return process.name === 'web' ? app.name : `${app.name}-${process.name}`
}

/** The ports of the instances of `web`, in order. */
export function portsOf({ port, processes }: Pick<App, 'port' | 'processes'>): readonly number[] {
  const count = processes.find(({ name }) => name === 'web')?.instances ?? 0
  return Array.from({ length: count }, (_, index) => port + index)
}
