/** What changed between two rounds of questions, as text. Pure. */
import type { Verdict } from '../model/probe.ts'
import type { Paint } from './paint.ts'
import { verdictCount, verdictText } from './render-verdict.ts'

export interface Round {
  /** Undefined: this is the first round. */
  readonly before: readonly Verdict[] | undefined
  readonly round: readonly Verdict[]
  readonly at: Date
}

/** A line for each verdict that is another one now, and a count where there is one; of the first round what is red. */
export function renderRound({ before, round, at }: Round, paint: Paint): string {
  const was = new Map(before?.map(({ probe, ok }) => [probe, ok]))
  const news = round.filter(({ probe, ok }) => ok !== (was.get(probe) ?? true))
  if (before && news.length === 0) return ''
  const time = paint('faint', at.toTimeString().slice(0, 8))
  const lines = [...news.map((verdict) => verdictText(verdict, paint)), verdictCount(round)]
  return lines.map((line) => `${time} ${line}\n`).join('')
}
