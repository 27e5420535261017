/** Asks the probes again and again, as `verify` does once. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Verdict } from '../model/probe.ts'
import { probeKindNamed } from '../probes/index.ts'
import type { Session } from './session.ts'
import { verify } from './verify.ts'

export interface WatchOptions {
  /** Probes that ask about these hosts. */
  readonly hosts: readonly string[]
  /** From the end of a round to the beginning of the next, in milliseconds. */
  readonly everyMs: number
}

/** Yields the verdicts of each round until it is interrupted; a round that is cut short is not told of. */
export async function* watch(
  session: Session,
  { hosts, everyMs }: WatchOptions,
): AsyncGenerator<readonly Verdict[], void, void> {
  const { signal } = session.context
  const quiet = { ...session, context: { ...session.context, emit: () => undefined } }
  const asked = new Map<Verdict, number>()
  while (!signal.aborted) {
    const began = Date.now()
    const known = [...asked].flatMap(([verdict, at]) => (isRecent(verdict, began - at) ? [verdict] : []))
    const verdicts = await verify(quiet, { hosts, fastOnly: false, patienceMs: 0, known })
    if (signal.aborted) return
    yield verdicts
    const times = new Map(verdicts.map((verdict) => [verdict, asked.get(verdict) ?? began]))
    asked.clear()
    for (const [verdict, at] of times) asked.set(verdict, at)
    await Promise.all(lost(verdicts).map((host) => session.forget(host)))
    await sleep(everyMs, undefined, { signal }).catch(() => undefined)
  }
}

/** What costs the one that is asked is not asked in every round; see `minutes` in `ProbeKindDefinition`. */
function isRecent({ probe }: Verdict, age: number): boolean {
  const minutes = probeKindNamed(probe.kind)?.minutes(probe.spec) ?? 1
  return minutes > 1 && age < minutes * 60_000
}

/** Hosts that could not be asked anything: the next round connects to them anew. */
function lost(verdicts: readonly Verdict[]): readonly string[] {
  const vantages = Map.groupBy(verdicts, ({ probe: { from } }) =>
    from === 'operator' ? undefined : from.host,
  )
  return [...vantages].flatMap(([host, group]) =>
    host !== undefined && group.every(({ ok, ms }) => !ok && ms === 0) ? [host] : [],
  )
}
