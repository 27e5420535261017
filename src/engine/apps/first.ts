/** Apps that have no release yet get their first one, once their hosts and the one that builds are there. */
import pLimit from 'p-limit'
import { CopseError } from '../../lib/errors.ts'
import type { App } from '../../model/app.ts'
import { convergeHosts } from '../converge.ts'
import type { Outcome } from '../events.ts'
import type { Machines } from '../machine-changes.ts'
import { look } from '../planning.ts'
import type { Session } from '../session.ts'
import { buildApp } from './build.ts'
import { wantedNow } from './prove.ts'

interface Converged {
  readonly outcomes: readonly Outcome[]
  readonly run: number
  readonly waitMs: number
}

/** Builds at the same time: most of what one does keeps one core busy. */
const limit = pLimit(2)

/** Nothing is to be made: all machines are there. */
export const noMachines: Machines = {
  lost: [],
  ready: async () => undefined,
  ended: async () => undefined,
}

/** The outcomes of all hosts, with what starting the first releases came to. */
export async function firstReleases(
  session: Session,
  { outcomes, ...converge }: Converged,
): Promise<readonly Outcome[]> {
  const well = outcomes
    .filter(({ result }) => result === 'changed' || result === 'unchanged')
    .map(({ host }) => host)
  const lacking = await appsWithout(session, well)
  // The store may have come back only now: then nothing needs to be built.
  if (lacking.length > 0)
    await session.releases.look(session, await session.provider.list(session.providerContext))
  const troubles = await Promise.all(lacking.map((app) => limit(() => build(session, app))))
  const failed = new Map<string, Outcome>()
  const built: string[] = []
  for (const [index, app] of lacking.entries()) {
    const hosts = app.hosts.filter((host) => well.includes(host))
    const trouble = troubles[index]
    if (!trouble) built.push(...hosts)
    else
      for (const host of hosts) {
        const detail = `${app.name} has no release: ${trouble.message}`
        failed.set(host, { host, result: 'failed', changes: 0, ms: 0, detail, hint: trouble.hint })
      }
  }
  const released = built.length > 0 ? await start(session, [...new Set(built)], converge) : []
  return outcomes.map((outcome) => {
    const again = failed.get(outcome.host) ?? released.find(({ host }) => host === outcome.host)
    return again ? joined(outcome, again) : outcome
  })
}

/** Apps that hosts are to run and that have no release, as far as is known. */
async function appsWithout(session: Session, hosts: readonly string[]): Promise<readonly App[]> {
  const apps: App[] = []
  for (const app of session.desired.environment.apps)
    if (app.hosts.some((host) => hosts.includes(host)) && !(await wantedNow(session, app.name)))
      apps.push(app)
  return apps
}

/** Why the app has no release; undefined where it has one. */
async function build(session: Session, app: App): Promise<CopseError | undefined> {
  const { signal, emit } = session.context
  if (signal.aborted || (await wantedNow(session, app.name))) return undefined
  emit({ event: 'progress', subject: app.name, message: 'builds its first release' })
  try {
    const { artifact, commit } = await buildApp(session, app, { takesKept: true })
    session.releases.choose(app.name, { artifact, commit })
    return undefined
  } catch (error) {
    if (error instanceof CopseError) return error
    throw error
  }
}

async function start(
  session: Session,
  hosts: readonly string[],
  { run, waitMs }: Omit<Converged, 'outcomes'>,
): Promise<readonly Outcome[]> {
  const { plan } = await look(session, { hosts })
  return convergeHosts(session, { plan, machines: noMachines, run, waitMs, isBeside: true })
}

/** Both of one host; the later one says how it ended. */
function joined(first: Outcome, later: Outcome): Outcome {
  const changes = first.changes + later.changes
  const result = later.result === 'unchanged' ? first.result : later.result
  return { ...later, result, changes, ms: first.ms + later.ms }
}
