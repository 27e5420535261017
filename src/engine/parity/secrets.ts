/** Compares what two environments keep secret: by fingerprints, which nobody is shown. Pure but for what opens them. */

import type { SecretUse } from '../secrets/keeper.ts'
import type { OpenSecrets } from '../secrets/open.ts'
import type { Difference } from './compare.ts'
import type { Fact } from './fact.ts'

/** The secrets of one environment. */
export interface Kept {
  readonly names: readonly string[]
  readonly open: Pick<OpenSecrets, 'has' | 'digestOf'>
}

export function keptOf(uses: readonly SecretUse[], open: OpenSecrets): Kept {
  return { names: uses.map(({ name }) => name), open }
}

/** Whether each has a value. */
export function secretFacts({ names, open }: Kept): readonly Fact[] {
  return names.map((key) => ({ name: 'secret', key, value: open.has(key) ? 'set' : 'missing', follows: [] }))
}

/** A value that both have is known to whoever may read the lesser one: each pair of names that share one. */
export function sharedSecrets(a: Kept, b: Kept): readonly Pick<Difference, 'name' | 'key' | 'a' | 'b'>[] {
  const digest = ({ open }: Kept, secret: string) => open.digestOf({ parts: [{ secret }] })
  return a.names.flatMap((one) =>
    b.names
      .filter((other) => digest(a, one) !== undefined && digest(a, one) === digest(b, other))
      .map((other) => ({
        ...{
          name: 'secret' as const,
          key: one === other ? `${one} is shared` : `${one} is shared as ${other}`,
        },
        ...{ a: 'the same value', b: 'the same value' },
      })),
  )
}
