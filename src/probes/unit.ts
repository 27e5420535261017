/** Is a systemd unit active? The host itself is asked. */
import { z } from 'zod'
import { sh } from '../lib/shell.ts'
import type { Probe } from '../model/probe.ts'
import { oneLine } from '../resources/words.ts'
import { defineProbeKind, lastLine, makeProbe, type ProbeOptions, type Subject } from './kind.ts'

const spec = z.strictObject({ unit: oneLine.min(1) })

export const unitKind = defineProbeKind({
  name: 'unit',
  spec,
  script: ({ unit }) => sh`systemctl is-active -- ${unit}`,
  // A unit that reads `reloading` serves, and is-active exits 0 for it.
  read: (_spec, { code, output }) => ({ answers: code === 0, detail: lastLine(output) }),
})

/** Is this unit of the host active? */
export function unitProbe(host: Subject, unit: string, options: Pick<ProbeOptions, 'expect'> = {}): Probe {
  return makeProbe(unitKind, unit, {
    ...options,
    from: { host: host.name },
    to: host.name,
    spec: spec.parse({ unit }),
  })
}
