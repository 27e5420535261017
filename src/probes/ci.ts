/** Does a job of the CI server go green? It is started there, and its build is waited for. */
import { z } from 'zod'
import { sh } from '../lib/shell.ts'
import type { Probe } from '../model/probe.ts'
import { oneLine } from '../resources/words.ts'
import { defineProbeKind, makeProbe, type Subject } from './kind.ts'

const spec = z.strictObject({ job: oneLine.regex(/^[a-z][a-z0-9-]*$/, 'must be the name of a job') })

/** A master that has just started, and its worker, take some of it. */
const patience = 50

export const ciKind = defineProbeKind({
  name: 'ci',
  spec,
  seconds: patience + 10,
  // Each is a build, which is kept.
  minutes: () => 60,
  // The credentials are read from their file there: no argument shows them.
  script: ({ job }) => sh`exec ci-run ${job} ${patience}`,
  words: () => [`${patience + 10}`],
  // What `ci-run` says of a build is an object of JSON without others inside; other CI servers may bring a program of that name.
  judge: String.raw`
return (0, "did not end within $words[0] s") if $code == 124;
my $line = last_line($output);
my %field = $line =~ /^\{.*\}$/ ? $line =~ /"(\w+)":\s*("(?:[^"\\]|\\.)*"|[^\s,}]+)/g : ();
for (values %field) {
  s/^"(.*)"$/$1/ or next;
  s/\\u([dD][89abAB]..)\\u(....)/chr(0x10000 + ((hex($1) - 0xD800) << 10) + hex($2) - 0xDC00)/ge;
  s/\\u(....)/chr hex $1/ge;
  s/\\([nrt])/ /g;
  s/\\(.)/$1/g;
  utf8::encode($_);
}
my $answers = $code == 0;
return ($answers, $line) if grep { !defined $field{$_} } qw(number result seconds);
my $number = $field{number} eq "null" ? "none" : $field{number};
my $said = "build $number: $field{result} after $field{seconds} s";
return ($answers, $said) unless defined $field{step};
return ($answers, "$said, step $field{step}: " . ($field{line} // "no output"));
`,
})

/** Does this job of the host's CI server go green? It takes its time, so a no-op `up` does not ask. */
export function ciProbe(host: Subject, job: string): Probe {
  return makeProbe(ciKind, `${host.name} ${job}`, {
    from: { host: host.name },
    isFast: false,
    to: host.name,
    spec: spec.parse({ job }),
  })
}
