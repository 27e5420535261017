/** How a run ended, and which exit code says so. */
import type { ErrorCode } from '../lib/errors.ts'
import type { Verdict } from '../model/probe.ts'
import type { Outcome } from './events.ts'
import type { Plan } from './plan-types.ts'

export interface UpReport {
  readonly plan: Plan
  readonly outcomes: readonly Outcome[]
  readonly verdicts: readonly Verdict[]
  readonly ms: number
}

/** The host is not as wanted, or nobody knows. */
export function isLost({ result }: Outcome): boolean {
  return result !== 'changed' && result !== 'unchanged'
}

/** Undefined: all went well. Safety first, then locks, then whether all or some hosts failed, then red probes. */
export function troubleOf({
  outcomes,
  verdicts,
}: Pick<UpReport, 'outcomes' | 'verdicts'>): ErrorCode | undefined {
  const some = (result: Outcome['result']) => outcomes.some((outcome) => outcome.result === result)
  if (some('interrupted')) return 'interrupted'
  if (some('refused')) return 'refused'
  if (some('locked')) return 'locked'
  const lost = outcomes.filter(isLost)
  if (lost.length > 0) return lost.length === outcomes.length ? 'failed' : 'partial'
  return verdicts.some(({ ok }) => !ok) ? 'failed' : undefined
}
