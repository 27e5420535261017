/** Takes over the way in to an environment that another operator has made: keys change, and nothing else. */
import { CopseError } from '../lib/errors.ts'
import type { Adoptable } from '../machines/provider.ts'
import type { Outcome } from './events.ts'
import type { ChangeOptions } from './options.ts'
import { asRun } from './run.ts'
import type { Session } from './session.ts'

export interface AdoptOptions extends Pick<ChangeOptions, 'lockTimeoutMs' | 'command'> {
  /** Asked once with what would be taken over. */
  consent(found: Adoptable): Promise<void>
}

/** What was taken over; undefined where this operator held all of it already. */
export async function adopt(session: Session, options: AdoptOptions): Promise<Adoptable | undefined> {
  const { provider, providerContext, desired } = session
  const { adoption } = provider
  const { name } = desired.environment
  if (!adoption)
    throw new CopseError('usage', `the servers of ${name} are your own: whoever has a key to them goes in`, {
      hint: `copse plan ${name} shows whether you do`,
    })
  const found = await adoption.find(providerContext)
  if (!found) return undefined
  await options.consent(found)
  await asRun(session, options, async (run) => {
    await run.raise(await adoption.take(providerContext, found))
    const outcomes = found.machines.map(
      ({ host }): Outcome => ({ host, result: 'changed', changes: 1, ms: 0 }),
    )
    return { outcomes, verdicts: [] }
  })
  return found
}
