/** A host that was given a new release and is not well runs the former one again, before it gets requests again. */
import type { App } from '../../model/app.ts'
import { releaseKind } from '../../resources/release.ts'
import { applyHost } from '../apply.ts'
import { planRunning } from '../planning.ts'
import { desiredHost, type Session } from '../session.ts'
import { wantedNow } from './prove.ts'

/** The id of an app's release among the resources of its hosts. */
export function releaseId(app: string): string {
  return `${releaseKind.name} ${app}`
}

interface Applying {
  readonly run: number
  readonly waitMs: number
}

/** Nothing where no release of the host's apps is new in this run. */
export async function recoverReleases(
  session: Session,
  host: string,
  { run, waitMs }: Applying,
): Promise<void> {
  const renewed = await renewedOn(session, host)
  if (renewed.length === 0) return
  for (const { name } of renewed) {
    const former = session.releases.formerly(name)
    if (former) session.releases.goBack(former, name)
  }
  const ids = new Set(renewed.map(({ name }) => releaseId(name)))
  const plan = await planRunning(
    { ...session, only: (id) => ids.has(id) },
    desiredHost(session.desired, host),
  )
  if (plan.state !== 'observed' || plan.changes.length === 0) return
  const message = `goes back to the former release of ${renewed.map(({ name }) => name).join(' and ')}`
  session.context.emit({ event: 'progress', subject: host, message })
  const target = { plan, transport: await session.transport(host) }
  await applyHost(session.context, target, { run, waitMs, secrets: await session.secrets.open() })
}

async function renewedOn(session: Session, host: string): Promise<readonly App[]> {
  const apps: App[] = []
  for (const app of session.desired.environment.apps.filter(({ hosts }) => hosts.includes(host))) {
    const wanted = await wantedNow(session, app.name)
    const former = session.releases.formerly(app.name)
    if (wanted && former && wanted.number !== former.number) apps.push(app)
  }
  return apps
}
