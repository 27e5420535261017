/** Are ports closed that no flow declares? Red when one of them answers. */
import { z } from 'zod'
import type { Probe, Vantage } from '../model/probe.ts'
import { oneLine } from '../resources/words.ts'
import { defineProbeKind, makeProbe, type Subject } from './kind.ts'
import { type Door, doorOf, knock } from './knock.ts'
import { ipv4, portNumber } from './words.ts'

const spec = z.strictObject({
  doors: z.array(z.strictObject({ name: oneLine.min(1), address: ipv4, port: portNumber })).min(1),
})

export const undeclaredKind = defineProbeKind({
  name: 'undeclared',
  spec,
  script: ({ doors }) => knock(doors),
  words: ({ doors }) => doors.flatMap((door) => [doorOf(door), door.name]),
  judge: String.raw`
my %found = $output =~ /^([\d.]+:\d+) (.+)$/mg;
my ($closed, @open) = (0);
while (my ($door, $name) = splice @words, 0, 2) {
  return (undef, "not asked: " . last_line($output)) unless defined $found{$door};
  if ($found{$door} eq "open") { push @open, $name } else { $closed++ }
}
return @open ? (1, "open, although no flow says so: " . join ", ", @open) : (0, "$closed closed");
`,
})

/** A port that nobody at the vantage point may reach, with the endpoint's name. */
export interface UndeclaredDoor extends Door {
  readonly name: string
}

/** Are these ports closed for whoever asks: the host's own, or those of others that it may not reach itself? */
export function undeclaredProbe(
  host: Subject,
  doors: readonly UndeclaredDoor[],
  { from }: { readonly from: Vantage },
): Probe {
  const isOwn = from !== 'operator' && from.host === host.name
  return makeProbe(undeclaredKind, isOwn ? 'others' : host.name, {
    from,
    expect: 'closed',
    isFast: false,
    to: host.name,
    spec: spec.parse({ doors }),
  })
}
