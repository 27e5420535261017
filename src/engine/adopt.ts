/** Takes over the way in to an environment that another operator has made: keys change hands, and nothing else changes. */
import { CopseError } from '../lib/errors.ts'
import type { Adoptable } from '../machines/provider.ts'
import type { Outcome } from './events.ts'
import type { ChangeOptions } from './options.ts'
import { asRun } from './run.ts'
import { type Inheritance, inherit, readInheritance } from './secrets/inherit.ts'
import type { Session } from './session.ts'

export interface AdoptOptions extends Pick<ChangeOptions, 'lockTimeoutMs' | 'command'> {
  /**
   * Asked once with what would be taken over, and the names of secrets among it; undefined: the environment has some, and
   * they cannot be read from here.
   */
  consent(found: Adoptable, secrets: readonly string[] | undefined): Promise<void>
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
  const inheritance = await inheritanceOf(session, found)
  const names = inheritance === undefined ? undefined : [...inheritance.held.values.keys()].sort()
  await options.consent(found, needsNone(session) ? [] : names)
  await asRun(session, options, async (run) => {
    // First, while the network still says where they are.
    if (inheritance) await inherit(session.secrets.store, inheritance)
    await run.raise(await adoption.take(providerContext, found))
    const outcomes = found.machines.map(
      ({ host }): Outcome => ({ host, result: 'changed', changes: 1, ms: 0 }),
    )
    return { outcomes, verdicts: [] }
  })
  return found
}

/** Those of a repository are there for all who read it. */
function needsNone({ desired, secrets }: Session): boolean {
  return desired.environment.secrets !== 'local' || secrets.uses.length === 0
}

async function inheritanceOf(session: Session, found: Adoptable): Promise<Inheritance | undefined> {
  if (needsNone(session) || found.stateDir === undefined) return undefined
  return readInheritance(found.stateDir)
}
