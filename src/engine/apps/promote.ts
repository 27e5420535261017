/** What runs in one environment, and is proven there, goes to another: the same definition and the same artifacts. */
import { CopseError } from '../../lib/errors.ts'
import type { App } from '../../model/app.ts'
import { hostsWithRole } from '../../model/environment.ts'
import type { WantedRelease } from '../../resources/release.ts'
import type { ChangeOptions } from '../options.ts'
import { isEmpty } from '../plan-types.ts'
import { look } from '../planning.ts'
import type { UpReport } from '../report.ts'
import type { Session } from '../session.ts'
import { up } from '../up.ts'
import { verify } from '../verify.ts'
import { giveArtifact, keepArtifact } from './kept-artifacts.ts'
import { wantedNow } from './prove.ts'

/** A release of an app, as it runs. */
export interface Running {
  readonly app: string
  readonly release: WantedRelease
}

/** What speaks against calling the environment proven, a line each; none where nothing does. Changes nothing. */
export async function doubtsAbout(session: Session): Promise<readonly string[]> {
  const { environment, hosts: all } = session.desired
  const hosts = all.map(({ host }) => host.name)
  const { plan } = await look(session, { hosts })
  if (!isEmpty(plan))
    return [`${environment.name} is not what the definition says: copse plan ${environment.name}`]
  const verdicts = await verify(session, { hosts, fastOnly: false })
  const red = verdicts.filter(({ ok }) => !ok)
  return [
    ...red.map(({ probe }) => `${environment.name} is red: ${probe.name} of ${probe.to}`),
    ...unproven(session).map((app) => `the release of ${app} in ${environment.name} was never proven`),
  ]
}

function unproven({ desired, releases }: Session): readonly string[] {
  const isProven = (app: App) =>
    releases.sightings.some((one) => one.app === app.name && one.present > 0 && one.good > 0)
  return desired.environment.apps.filter((app) => !isProven(app)).map(({ name }) => name)
}

/** Has the artifacts that run in `from` run in `to`, in an `up` of that; `from` must have been looked at. */
export async function promote(from: Session, to: Session, options: ChangeOptions): Promise<UpReport> {
  const running = await runningIn(from)
  for (const { app, release } of running.filter(({ app }) => isIn(to, app))) {
    const { artifact, commit } = release
    await keepArtifact(from, await store(from), artifact)
    if (!(await giveArtifact(to, await store(to), artifact)))
      throw new CopseError('failed', `the artifact of ${app} did not come to ${to.desired.environment.name}`)
    to.releases.choose(app, { artifact, commit })
  }
  return up(to, options)
}

function isIn({ desired }: Session, name: string): boolean {
  return desired.environment.apps.some((app) => app.name === name)
}

async function runningIn(session: Session): Promise<readonly Running[]> {
  const running: Running[] = []
  for (const { name } of session.desired.environment.apps) {
    const release = await wantedNow(session, name)
    if (!release)
      throw new CopseError('failed', `${name} has no release in ${session.desired.environment.name}`, {
        hint: `copse deploy ${session.desired.environment.name} ${name}`,
      })
    running.push({ app: name, release })
  }
  return running
}

async function store({ desired: { environment }, transport }: Session) {
  const [host] = hostsWithRole(environment, 'ci')
  if (!host) throw new CopseError('config', `${environment.name} keeps no artifacts: no host has the role ci`)
  return transport(host.name)
}
