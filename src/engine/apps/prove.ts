/** Releases that a run has started: whether they are proven, and who is told. */
import { hostsWithRole } from '../../model/environment.ts'
import type { Verdict } from '../../model/probe.ts'
import { releaseIn, releaseKind, type WantedRelease } from '../../resources/release.ts'
import type { Outcome } from '../events.ts'
import { bindAll } from '../plan-host.ts'
import type { ReadSession, Session } from '../session.ts'

/** What a run came to. */
export interface Ended {
  readonly outcomes: readonly Outcome[]
  readonly verdicts: readonly Verdict[]
}

/** The release that an app's hosts are to run by all that this run knows; undefined while there is none. */
export async function wantedNow(session: ReadSession, app: string): Promise<WantedRelease | undefined> {
  const secrets = await session.secrets.open()
  for (const { resources } of session.desired.hosts) {
    const own = resources.filter(({ kind, key }) => kind === releaseKind.name && key === app)
    const [bound] = bindAll(own, { secrets, releases: session.releases })
    if (bound) return releaseIn(bound).wanted
  }
  return undefined
}

/**
 * Marks releases as good that all hosts of their app run, and of whose probes none is red; returns the apps of those that were
 * not known to be good. Where one is, only a machine that was made anew does not know of it, and is told.
 */
export async function proveReleases(session: Session, ended: Ended): Promise<readonly string[]> {
  const proven: string[] = []
  for (const { name, hosts } of session.desired.environment.apps) {
    const release = await wantedNow(session, name)
    if (!release) continue
    const app = { app: name, release }
    if (isKnownGood(session, name, release)) {
      const changed = hosts.filter((host) => isChanged(ended, host) && isProven(ended, name, [host]))
      await Promise.all(changed.map((host) => markGood(session, host, { ...app, how: 'again' })))
    } else if (hosts.length > 0 && isProven(ended, name, hosts)) {
      await Promise.all(hosts.map((host) => markGood(session, host, { ...app, how: '' })))
      await remember(session, name, release)
      proven.push(name)
    }
  }
  return proven
}

function isChanged({ outcomes }: Ended, host: string): boolean {
  return outcomes.some((one) => one.host === host && one.result === 'changed')
}

/** Every host runs what it should, and the app's questions were asked and are green. */
export function isProven({ outcomes, verdicts }: Ended, app: string, hosts: readonly string[]): boolean {
  const isWell = (host: string) =>
    outcomes.some((one) => one.host === host && (one.result === 'changed' || one.result === 'unchanged'))
  const own = verdicts.filter(({ probe }) => probe.app === app)
  return hosts.every(isWell) && own.length > 0 && own.every(({ ok }) => ok)
}

/** Everywhere, and the store remembers it as the one that runs. */
function isKnownGood(session: ReadSession, app: string, { number }: WantedRelease): boolean {
  const own = session.releases.sightings.filter((one) => one.app === app)
  const runs = own.filter(({ present }) => present > 0)
  return runs.length > 0 && runs.every((one) => one.number === number && one.good > 0)
}

interface Marked {
  readonly app: string
  readonly release: WantedRelease
  /** `again`: it was good before, and does not take over now. */
  readonly how: 'again' | ''
}

async function markGood(session: Session, host: string, { app, release, how }: Marked): Promise<void> {
  const script = `exec perl /usr/local/lib/copse/release.pl good /etc/copse/apps/${app} ${release.number} ${how}`
  const transport = await session.transport(host)
  await transport.run({ main: { text: script } }, session.context.signal)
}

/** The store may be away: what hosts remember is enough to go on. */
async function remember(session: Session, app: string, release: WantedRelease): Promise<void> {
  const { number, artifact, config, commit } = release
  const records = 'perl /usr/local/lib/copse/ci/records'
  const script = `set -eu
${records} add ${app} ${number} ${artifact} ${config} ${commit}
${records} good ${app} ${number}
${records} present ${app} ${number}`
  for (const { name } of hostsWithRole(session.desired.environment, 'ci'))
    try {
      const transport = await session.transport(name)
      await transport.run({ main: { text: script } }, session.context.signal)
    } catch {
      session.context.emit({
        event: 'progress',
        subject: name,
        message: `does not answer, and so does not remember release ${number} of ${app}`,
      })
    }
}
