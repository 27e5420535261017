/** Is a systemd unit active? The host itself is asked. */
import { z } from 'zod'
import { sh } from '../lib/shell.ts'
import type { Probe } from '../model/probe.ts'
import { oneLine } from '../resources/words.ts'
import { defineProbeKind, makeProbe, type ProbeOptions, type Subject } from './kind.ts'

const spec = z.strictObject({ unit: oneLine.min(1) })

export const unitKind = defineProbeKind({
  name: 'unit',
  spec,
  // A unit that reads `reloading` serves, and is-active exits 0 for it.
  script: ({ unit }) => sh`systemctl is-active -- ${unit}`,
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
