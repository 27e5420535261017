/** What a run knows of the releases of an environment's apps: read from the hosts that run them and from the store. */
import type { Machine } from '../../machines/provider.ts'
import type { App } from '../../model/app.ts'
import { hostsWithRole } from '../../model/environment.ts'
import type { ReleaseReader, WantedRelease } from '../../resources/release.ts'
import type { ReadSession } from '../session.ts'
import { type Choice, parseSightings, type Sighting, wantedOf } from './sightings.ts'

/** What planning is given, and what deploys choose. */
export interface ReleaseBook extends ReleaseReader {
  /** Reads what hosts and the store know; who does not answer says nothing. */
  look(session: ReadSession, machines: readonly Machine[]): Promise<void>
  /** All that is known. */
  readonly sightings: readonly Sighting[]
  /** From now on the app is to run what was built. */
  choose(app: string, choice: Choice): void
  /** From now on the app is to run this release, which its hosts have. */
  goBack(release: WantedRelease, app: string): void
}

export function openBook(): ReleaseBook {
  let sightings: readonly Sighting[] = []
  const choices = new Map<string, Choice>()
  const fixed = new Map<string, WantedRelease>()
  return {
    get sightings() {
      return sightings
    },
    async look(session, machines) {
      sightings = await readSightings(session, machines)
    },
    choose(app, choice) {
      choices.set(app, choice)
      fixed.delete(app)
    },
    goBack: (release, app) => void fixed.set(app, release),
    wanted: (app, config) => fixed.get(app) ?? wantedOf(sightings, app, { config, choice: choices.get(app) }),
  }
}

async function readSightings(
  session: ReadSession,
  machines: readonly Machine[],
): Promise<readonly Sighting[]> {
  const { environment } = session.desired
  const isUp = (name: string) => machines.some(({ host, state }) => host === name && state === 'running')
  const stores = hostsWithRole(environment, 'ci').map(({ name }) => name)
  const asked = [
    ...environment.hosts.flatMap(({ name }) => {
      const apps = environment.apps.filter(({ hosts }) => hosts.includes(name))
      return apps.length > 0 && isUp(name) ? [readHost(session, name, apps)] : []
    }),
    ...stores.filter(isUp).map((name) => readStore(session, name)),
  ]
  return (await Promise.all(asked)).flat()
}

async function readHost(
  session: ReadSession,
  host: string,
  apps: readonly App[],
): Promise<readonly Sighting[]> {
  const program = '/usr/local/lib/copse/release.pl'
  const script = `for app in ${apps.map(({ name }) => name).join(' ')}; do
  if [ -e /srv/apps/$app/current ]; then perl ${program} list /etc/copse/apps/$app; fi
done`
  return parseSightings(host, await read(session, host, script))
}

async function readStore(session: ReadSession, host: string): Promise<readonly Sighting[]> {
  const program = '/usr/local/lib/copse/ci/records'
  return parseSightings(
    undefined,
    await read(session, host, `[ ! -e ${program} ] || exec perl ${program} list`),
  )
}

/** What the script prints; nothing where the host does not answer: why is told when it is looked at. */
async function read(session: ReadSession, host: string, script: string): Promise<string> {
  const reader = await session.reader(host).catch(() => undefined)
  const finished = await reader
    ?.run({ main: { text: script } }, session.context.signal)
    .catch(() => undefined)
  return finished?.code === 0 ? finished.stdout : ''
}
