/** Compares what both machines of a host were found to be. Pure. */
import type { Allowance } from '../../model/allowance.ts'
import type { Host } from '../../model/environment.ts'
import { type Compared, comparePlace, differingIds, hostReasoning } from './compare.ts'
import { oneSided } from './definitions.ts'
import { byId, type Fact, idOf } from './fact.ts'
import type { Sight } from './see.ts'

/** Both, and what is known of the environments. */
export interface Sights {
  readonly host: Host
  /** What the definition says of it, compared. */
  readonly own: Compared
  readonly ours: Sight
  readonly theirs: Sight
  readonly allowances: readonly Allowance[]
  readonly isElsewhere: boolean
  readonly isStrict: boolean
}

export function compareSights({
  host,
  own,
  ours,
  theirs,
  allowances,
  isElsewhere,
  isStrict,
}: Sights): Compared {
  const came = (facts: readonly Fact[]) => Number(byId(facts).get('system came')?.value) || 0
  const isCompared = (fact: Fact) => (isStrict || !fact.isStrict) && idOf(fact) !== 'system came'
  const [a, b] = [ours.facts.filter(isCompared), theirs.facts.filter(isCompared)]
  const differing = differingIds(a, b)
  const reasoning = hostReasoning({
    differing,
    oneSided: oneSided(own.differences),
    isElsewhere,
    isOtherRelease: differing.has('system release'),
    came: { a: came(ours.facts), b: came(theirs.facts) },
    ways: [...ours.ways, ...theirs.ways],
    volumes: host.volumes.map(({ path }) => path),
    isStrict,
  })
  return comparePlace({ host, a, b }, allowances, reasoning)
}
