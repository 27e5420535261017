/** Is there a line of these minutes in what the host of logs keeps of another host? */
import { z } from 'zod'
import { sh } from '../lib/shell.ts'
import type { Host } from '../model/environment.ts'
import type { Probe } from '../model/probe.ts'
import { absolutePath } from '../resources/words.ts'
import { defineProbeKind, makeProbe, type Subject } from './kind.ts'
import { probeTag } from './log-sent.ts'

const spec = z.strictObject({
  /** Whose lines they are: a name without what globs mean. */
  host: z.string().regex(/^[a-z0-9-]+$/),
  journals: absolutePath,
})

/** Seconds that the newest line of a probe may be old: they are asked each minute. */
const freshness = 150

export const logKeptKind = defineProbeKind({
  name: 'log-kept',
  spec,
  script: ({ host, journals }) =>
    sh`newest=$(journalctl --quiet ${`--file=${journals}/${host}[.@]*`} --lines=1 --output=short-unix -t ${probeTag}) || exit
[ "$newest" ] || { echo ${`no line of a probe of ${host} is kept`}; exit 1; }
age=$(($(date +%s) - \${newest%%.*}))
echo "the newest line of a probe is $age s old"
[ "$age" -le ${freshness} ]`,
})

/** Has a line of a probe of that host (`probe.logSent`) arrived within the last minutes, by its own certificate? */
export function logKeptProbe(
  host: Subject,
  { of, journals }: { readonly of: Subject & Pick<Host, 'isMonitored'>; readonly journals: string },
): Probe {
  return makeProbe(logKeptKind, of.name, {
    from: { host: host.name },
    isFast: false,
    // Who does not ask by itself writes no such line each minute.
    isMonitored: of.isMonitored ?? false,
    to: host.name,
    spec: spec.parse({ host: of.name, journals }),
  })
}
