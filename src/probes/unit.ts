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
  together: () => 'all',
  // Names, then a line with the state of each.
  script: (...all) => {
    const units = all.map(({ unit }) => unit)
    return sh`printf '%s\\n' ${units} ''; exec systemctl is-active -- ${units}`
  },
  words: ({ unit }) => [unit],
  // A unit that reads `reloading` serves.
  judge: String.raw`
my ($names, $states) = map { [split /\n/] } split /\n\n/, $output, 2;
my ($at) = grep { $names->[$_] eq $words[0] } 0 .. $#$names;
return (0, last_line($output)) if !defined $at || !$states || @$states != @$names;
my $state = $states->[$at];
return (scalar($state =~ /^(?:active|reloading|refreshing)$/), $state);
`,
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
