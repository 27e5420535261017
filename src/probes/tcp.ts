/** Is a TCP port open? `closed` is proven by a refusal as well as by silence. */
import { z } from 'zod'
import type { Probe } from '../model/probe.ts'
import { defineProbeKind, makeProbe, type ProbeOptions, type Subject } from './kind.ts'
import { doorOf, knock } from './knock.ts'
import { ipv4, portNumber } from './words.ts'

const spec = z.strictObject({ address: ipv4, port: portNumber })

export const tcpKind = defineProbeKind({
  name: 'tcp',
  spec,
  together: () => 'all',
  script: (...all) => knock(all),
  words: (door) => [doorOf(door)],
  judge: String.raw`
my ($found) = $output =~ /^\Q$words[0]\E (.+)$/m;
return defined $found ? ($found eq "open", $found) : (undef, last_line($output));
`,
})

/** Is this TCP port of the host open? */
export function tcpProbe(host: Subject, port: number, options: ProbeOptions = {}): Probe {
  return makeProbe(tcpKind, `${host.name}:${port}`, {
    ...options,
    to: host.name,
    spec: spec.parse({ address: host.address, port }),
  })
}
