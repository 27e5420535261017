/** Ports of the box: closed before hosts close their doors, and opened once hosts are as wanted. */
import { digestOf } from '../lib/digest.ts'
import { CopseError } from '../lib/errors.ts'
import type { PublishChange } from '../machines/provider.ts'
import type { Publication } from '../model/environment.ts'
import type { Outcome } from './events.ts'
import type { Plan } from './plan-types.ts'
import { isLost } from './report.ts'
import type { ReadSession, Session } from './session.ts'

/** Nothing where machines have addresses of their own. */
export async function planPublished({
  provider,
  providerContext,
}: ReadSession): Promise<readonly PublishChange[]> {
  return (await provider.publishing?.plan(providerContext)) ?? []
}

/** A saved plan must still be what would be planned. */
export async function requirePublished(
  session: ReadSession,
  { environment, published }: Plan,
): Promise<void> {
  if (published.length === 0 || digestOf(await planPublished(session)) === digestOf(published)) return
  throw new CopseError('refused', 'what is published has changed since the plan was made', {
    hint: `plan again: copse plan ${environment} --out FILE`,
  })
}

/** What leads nowhere any more, or elsewhere. */
export async function closePublished(session: Session, { published }: Plan): Promise<void> {
  if (published.some(({ action }) => action !== 'create')) await set(session, unchanged(session, published))
}

/** What leads to hosts that are as wanted; to others it does not lead before a later run has mended them. */
export async function openPublished(
  session: Session,
  { published }: Plan,
  outcomes: readonly Outcome[],
): Promise<void> {
  if (session.context.signal.aborted) return
  const isWell = ({ host }: Publication) => outcomes.some((one) => one.host === host && !isLost(one))
  const opened = changed(session, published).filter(isWell)
  if (opened.length > 0) await set(session, [...unchanged(session, published), ...opened])
}

/** Where machines are destroyed, nothing leads to them. */
export async function publishNothing(session: Session): Promise<void> {
  await set(session, [])
}

async function set(
  { provider, providerContext }: ReadSession,
  wanted: readonly Publication[],
): Promise<void> {
  await provider.publishing?.set(providerContext, wanted)
}

function changed({ desired }: ReadSession, changes: readonly PublishChange[]): readonly Publication[] {
  return desired.environment.publish.filter((one) => isAmong(changes, one))
}

function unchanged({ desired }: ReadSession, changes: readonly PublishChange[]): readonly Publication[] {
  return desired.environment.publish.filter((one) => !isAmong(changes, one))
}

function isAmong(changes: readonly PublishChange[], { port, protocol }: Publication): boolean {
  return changes.some((change) => change.port === `${port}/${protocol}`)
}
