/** Looks at one host of an environment that is compared: its state, and what it tells of itself, in one round trip. */
import { CopseError } from '../../lib/errors.ts'
import { publicKeyOf } from '../../machines/own-key.ts'
import type { Machine } from '../../machines/provider.ts'
import type { DesiredHost } from '../../model/desired.ts'
import { Unreachable } from '../../transports/transport.ts'
import { observe } from '../observe.ts'
import { bindAll, planHost } from '../plan-host.ts'
import { factPrograms } from '../remote-scripts.ts'
import type { ReadSession } from '../session.ts'
import { type Fact, fingerprintOf, parseFacts } from './fact.ts'
import { namesOf, namesText } from './neutral.ts'
import { observedFacts } from './observed.ts'

/** What one look at a host found. */
export interface Sight {
  readonly facts: readonly Fact[]
  /** Accounts other than root that copse comes in by, and fingerprints of its keys. */
  readonly ways: readonly string[]
}

/** Nothing is known of it. */
export interface Unseen {
  readonly detail: string
  readonly hint?: string | undefined
}

export async function see(
  session: ReadSession,
  desired: DesiredHost,
  machines: readonly Machine[],
): Promise<Sight | Unseen> {
  const machine = machines.find(({ host }) => host === desired.host.name)
  const { state = 'absent', detail = `its machine is ${state}`, hint } = machine ?? {}
  if (state !== 'running') return { detail, hint }
  try {
    return await session.atOnce(() => lookAt(session, desired))
  } catch (error) {
    if (error instanceof Unreachable || error instanceof CopseError)
      return { detail: error.message, hint: error.hint }
    throw error
  }
}

async function lookAt(
  session: ReadSession,
  { host, resources, secrets: madeUp }: DesiredHost,
): Promise<Sight> {
  const { provider, providerContext, releases, lockTimeoutMs: waitMs, context } = session
  const reader = await session.reader(host.name)
  const secrets = await session.secrets.open()
  const wanted = bindAll(resources, { secrets, releases })
  const names = namesOf(session.desired.environment)
  const questions = { files: { ...factPrograms(), names: { text: namesText(names) } } }
  const found = await observe(reader, wanted, { signal: context.signal, waitMs, questions })
  const identity = await session.identity(host)
  if (found.identity !== '' && found.identity !== identity)
    throw new CopseError(
      'failed',
      `it carries another identity: ${found.identity.trim().replaceAll('\n', ' ')}`,
    )
  if (!found.answers.trimEnd().endsWith('\nend'))
    throw new CopseError(
      'failed',
      `it did not tell all of itself: ${secrets.conceal(found.answers.slice(-300).trim())}`,
    )
  const about = { host: host.name, wanted, found, identity, now: Date.now() }
  const { changes } = planHost({ ...about, isEachAlone: true })
  const told = parseFacts(secrets.conceal(found.answers))
  const { user = 'root', identityFile } = await provider.target(providerContext, host)
  const own = await publicKeyOf(identityFile)
  return {
    facts: [
      ...observedFacts({ told, resources, changes, names, secrets: madeUp }),
      ...releaseFacts(session, host.name),
    ].map((fact) => ({ ...fact, value: secrets.conceal(fact.value) })),
    ways: [...(user === 'root' ? [] : [user]), ...(own ? [fingerprintOf(own.split(' ')[1] ?? '')] : [])],
  }
}

/** The artifact is to be the same everywhere; the number is each environment's own. */
function releaseFacts({ releases }: ReadSession, host: string): readonly Fact[] {
  return releases.sightings
    .filter((one) => one.host === host && one.present > 0)
    .map(({ app, artifact, present }) => ({
      ...{ name: 'release', key: app, value: artifact.slice(0, 12), follows: [], since: present },
    }))
}
