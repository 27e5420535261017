/** What the agent of a CI host knows of apps: nothing but this may be built and deployed there. Pure. */
import type { App, Environment, Host, Promotion } from 'copse'
import { takesIn, targetsOf } from './promotions.ts'

/** Where the source of apps is in the repository, and which branch of it is deployed. */
export interface RepositoryOptions {
  readonly branch: string
  /** Where the directory of the config is in it; empty: at its top. */
  readonly folder: string
}

/** Everything that varies between CI hosts, for programs that are the same on all. */
export interface AppTable {
  readonly repository: string
  readonly branch: string
  /** Of the master's page and API. */
  readonly port: number
  readonly order: readonly string[]
  readonly apps: Readonly<Record<string, AppEntry>>
  /** Those that run on a host. */
  readonly running: readonly string[]
  /** Where green builds of branches go. */
  readonly promotes: Readonly<Record<string, Omit<Promotion, 'hostKey'> & { readonly alias: string }>>
  /** Are builds of other environments taken in? */
  readonly accepts: boolean
}

interface AppEntry {
  /** In the repository. */
  readonly folder: string
  readonly steps: readonly string[]
  readonly test?: string | undefined
  readonly health: string
  /** Further paths that must answer with 2xx. */
  readonly checks: readonly string[]
  /** Ways in through balancers, without a slash at the end. */
  readonly urls: readonly string[]
}

/** Where the bare repository is; `git@HOST:NAME.git` from outside. */
export function repositoryPath({ ecosystem }: Environment): string {
  return `/srv/git/${ecosystem}.git`
}

export function appTable(
  environment: Environment,
  host: Host,
  options: { readonly port: number; readonly repository: RepositoryOptions },
): AppTable {
  const { port, repository } = options
  return {
    repository: repositoryPath(environment),
    branch: repository.branch,
    port,
    order: environment.apps.map(({ name }) => name),
    apps: Object.fromEntries(
      environment.apps.map((app) => [
        app.name,
        {
          folder: folderOf(app, host.place.file, repository.folder),
          steps: app.build,
          test: app.test,
          health: app.health,
          checks: app.checks,
          urls: doorsOf(environment, app).map(({ url }) => url),
        },
      ]),
    ),
    running: environment.apps.filter(({ hosts }) => hosts.length > 0).map(({ name }) => name),
    promotes: Object.fromEntries(
      targetsOf(environment).map(({ branch, address, port: door, alias }) => [
        branch,
        { address, port: door, alias },
      ]),
    ),
    accepts: takesIn(environment, host),
  }
}

/** From the top of the repository: that of the config, and from there to the source. */
function folderOf({ name, source }: App, config: string, folder: string): string {
  const [from, to] = [partsOf(config).slice(0, -1), partsOf(source.folder)]
  const differs = from.findIndex((part, index) => part !== to[index])
  const common = differs < 0 ? from.length : differs
  const up = from.length - common
  const base = partsOf(folder)
  if (up > base.length)
    throw new RangeError(
      `the source of ${name} lies above the directory of the config: say where that is in the repository, as ci({ repository: { folder: 'servers' } })`,
    )
  return [...base.slice(0, base.length - up), ...to.slice(common)].join('/')
}

function partsOf(path: string): readonly string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.')
}

/** The way to an app through each balancer that has one of its names: over TLS where that is offered. */
export function doorsOf(
  { hosts, domain }: Environment,
  { names }: Pick<App, 'names'>,
): readonly { readonly url: string; readonly to: string }[] {
  return hosts.flatMap((front) => {
    const doors = front.endpoints.filter(({ role }) => role === 'balancer')
    const door = doors.find(({ name }) => name === 'https') ?? doors.find(({ name }) => name === 'http')
    const name = names.find((one) => front.names.includes(one))
    if (!door || name === undefined) return []
    const isUsual = door.port === (door.tls ? 443 : 80)
    const url = `${door.name}://${name}.${domain}${isUsual ? '' : `:${door.port}`}`
    return [{ url, to: `${front.name}.${door.name}` }]
  })
}
