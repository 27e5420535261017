/** Changes of an environment's secrets that are no part of bringing it up: under its lock, and in its journal. */
import type { ChangeOptions } from '../options.ts'
import { asRun } from '../run.ts'
import type { Session } from '../session.ts'
import { isCertificateOf } from '../tls/authority.ts'
import { succeed } from '../tls/succession.ts'
import type { Held } from './document.ts'
import { authorityKey } from './open.ts'

/** Replaces what is held by what `change` makes of it; undefined: it stays as it is. Returns what is held then. */
export async function changeSecrets(
  session: Pick<Session, 'context' | 'desired' | 'secrets'>,
  options: Pick<ChangeOptions, 'lockTimeoutMs' | 'command'>,
  change: (held: Held) => Promise<Held | undefined>,
): Promise<Held> {
  const { store } = session.secrets
  const report = await asRun(session, options, async () => {
    const held = await store.read()
    const next = await change(held)
    const authority = next && (await authorityAfter(session, held, next))
    if (next) await store.write(next)
    if (authority !== undefined) await store.keepCertificate(authority)
    return { outcomes: [], verdicts: [], held: next ? { ...next, recipients: store.recipients } : held }
  })
  return report.held
}

/** Where the authority gets another key, hosts trust the former one too until all have been given the new one. */
async function authorityAfter(
  { desired, secrets }: Pick<Session, 'desired' | 'secrets'>,
  held: Held,
  next: Held,
): Promise<string | undefined> {
  const [key, after] = [held, next].map(({ values }) => values.get(authorityKey))
  const certificate = await secrets.store.certificate()
  if (!key || !after || key.reveal() === after.reveal() || certificate === undefined) return undefined
  const isTrusted = isCertificateOf(key, certificate, Date.now())
  return isTrusted ? succeed({ key, certificate }, after, desired.environment) : undefined
}
