/** What a host found when it last asked its probes by itself (`src/roles/base/monitor.pl`). */
import type { Reader } from '../transports/transport.ts'

/** Verdicts of monitoring, and how old they are by the host's own clock. */
export interface LastVerdicts {
  /** Seconds since the host last asked. */
  readonly age: number
  /** It asks each minute, and has not for more than three. */
  readonly isStale: boolean
  readonly green: number
  readonly red: readonly RedVerdict[]
}

/** A probe that is red. */
export interface RedVerdict {
  readonly probe: string
  readonly from: string
  readonly to: string
  readonly expect: string
  /** Since how many seconds it has been red. */
  readonly seconds: number
  readonly detail: string
}

const longestAge = 180

const script = 'date +%s\ncat /run/copse-monitor/verdicts 2>/dev/null || :\n'

/** Undefined where the host does not ask by itself. */
export async function lastVerdicts(
  reader: Reader,
  signal: AbortSignal,
  conceal: (text: string) => string,
): Promise<LastVerdicts | undefined> {
  const { stdout } = await reader.run({ main: { text: script } }, signal)
  return parseLastVerdicts(conceal(stdout))
}

/** The time now, the time when the host last asked, and a line per probe. Pure. */
export function parseLastVerdicts(output: string): LastVerdicts | undefined {
  const [now, at, ...lines] = output.trimEnd().split('\n')
  if (now === undefined || at === undefined) return undefined
  const verdicts = lines.map((line) => line.split('\t'))
  const age = Number(now) - Number(at)
  return {
    age,
    isStale: age > longestAge,
    green: verdicts.filter(([, , , , state]) => state === 'green').length,
    red: verdicts.flatMap(([probe = '', from = '', to = '', expect = '', state, , , since, , ...detail]) =>
      state === 'red'
        ? [{ probe, from, to, expect, seconds: Number(now) - Number(since), detail: detail.join(' ') }]
        : [],
    ),
  }
}
