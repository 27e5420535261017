/** Changes of an environment's secrets that are no part of bringing it up: under its lock, and in its journal. */
import type { ChangeOptions } from '../options.ts'
import { asRun } from '../run.ts'
import type { Session } from '../session.ts'
import type { Held } from './document.ts'

/** Replaces what is held by what `change` makes of it; undefined: it stays as it is. Returns what is held then. */
export async function changeSecrets(
  session: Pick<Session, 'context' | 'secrets'>,
  options: Pick<ChangeOptions, 'lockTimeoutMs' | 'command'>,
  change: (held: Held) => Promise<Held | undefined>,
): Promise<Held> {
  const { store } = session.secrets
  const report = await asRun(session, options, async () => {
    const held = await store.read()
    const next = await change(held)
    if (next) await store.write(next)
    return { outcomes: [], verdicts: [], held: next ? { ...next, recipients: store.recipients } : held }
  })
  return report.held
}
