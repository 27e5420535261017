/** Does the host of logs acknowledge a line that a host writes now? */
import { z } from 'zod'
import { sh } from '../lib/shell.ts'
import type { Probe, Vantage } from '../model/probe.ts'
import { defineProbeKind, makeProbe, type Subject } from './kind.ts'

const spec = z.strictObject({})

/** What the lines of probes are tagged with. */
export const probeTag = 'copse-probe'

/** Seconds: it sends at once, and tries again every five seconds. */
const patience = 12

/** Monitoring's unit keeps no line that is less than a notice. Lines are numbered; the uploader notes the last one that was acknowledged. A number of its own tells a line from others. */
const program = `use strict;
my $id = sprintf "%d-%08x", $$, time;
my $begin = time;
system("logger", "-t", "${probeTag}", "-p", "user.notice", "--", $id) == 0 or die "logger failed\\n";
sub number { my ($at) = @_; $at =~ /\\bs=([0-9a-f]+);i=([0-9a-f]+)/ ? ($1, hex $2) : ("", 0) }
my ($series, $own) = ("", 0);
while (time - $begin < ${patience}) {
  select undef, undef, undef, 0.2;
  if (!$own) {
    my $line = \`journalctl --quiet --lines=1 --output=export --output-fields=MESSAGE -t ${probeTag} --grep='^$id\\$'\`;
    ($series, $own) = number($line =~ /^__CURSOR=(.+)$/m);
    next if !$own;
  }
  open my $in, "<", "/var/lib/systemd/journal-upload/state" or next;
  my ($at, $last) = number(join "", <$in>);
  if ($at eq $series && $last >= $own) { printf "line %s was acknowledged after %d s\\n", $id, time - $begin; exit }
}
my $why = \`journalctl --quiet --lines=1 --output=cat -u systemd-journal-upload\`;
chomp $why;
die $own ? "line $id was not acknowledged in ${patience} s: $why\\n" : "line $id is not even in the host's own journal\\n";
`

export const logSentKind = defineProbeKind({
  name: 'log-sent',
  spec,
  seconds: patience + 4,
  script: () => sh`exec perl -e ${program}`,
})

/** Is a line that is written now acknowledged by the host of logs? It may wait for a connection, so a no-op `up` does not ask. */
export function logSentProbe(
  host: Subject,
  { from }: { readonly from: Extract<Vantage, { readonly host: string }> },
): Probe {
  return makeProbe(logSentKind, from.host, { from, isFast: false, to: host.name, spec: {} })
}
