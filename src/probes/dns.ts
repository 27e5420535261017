/** Does a DNS server know a name, and does it speak for it? */
import { z } from 'zod'
import { reverseName } from '../lib/ipv4.ts'
import { type Shell, sh } from '../lib/shell.ts'
import type { Probe } from '../model/probe.ts'
import { oneLine } from '../resources/words.ts'
import { defineProbeKind, makeProbe, type ProbeOptions, type Subject } from './kind.ts'
import { ipv4 } from './words.ts'

const spec = z.strictObject({
  /** The server's address. */
  server: ipv4,
  /** The name asked for; of a PTR the address, `10.61.0.20`. */
  name: oneLine.min(1),
  type: z.enum(['A', 'PTR']).default('A'),
  /** All the values, in any order, without trailing dots; any when absent. */
  want: z.array(z.string()).readonly().optional(),
  /** Must the server speak for the zone itself (AA)? Either way when absent. */
  authoritative: z.boolean().optional(),
  status: z.enum(['NOERROR', 'NXDOMAIN', 'REFUSED', 'SERVFAIL']).default('NOERROR'),
})

type DnsSpec = z.output<typeof spec>

/** The question and what must come back. */
export type DnsWanted = Omit<z.input<typeof spec>, 'server'>

export const dnsKind = defineProbeKind({
  name: 'dns',
  spec: spec,
  together: ({ server }) => server,
  // A server that does not answer the first question is not asked the others: each would wait for it again.
  script: (spec, ...others) => (others.length === 0 ? ask([spec]) : sh`${ask([spec])} && ${ask(others)}`),
  words: (spec) => [
    ...[questionOf(spec).replace(/\.$/, '').toLowerCase(), spec.type, spec.status],
    ...[spec.authoritative === undefined ? '' : `${Number(spec.authoritative)}`, spec.want ? 'want' : ''],
    ...(spec.want ?? []).map((value) => value.toLowerCase()).sort(),
  ],
  // What a server that is silent is told of as `;; communications error to 10.61.0.21#53: timed out` is the same each time.
  judge: String.raw`
my ($question, $type, $status, $authoritative, $is_wanted, @want) = @words;
my ($reply) = grep {
  my ($name, $asked) = /^;(\S+)\s+IN\s+(\S+)$/m;
  defined $asked && $asked eq $type && lc($name) =~ s/\.$//r eq $question;
} split /^(?=;; Got answer:)/m, $output;
my ($found) = ($reply // "") =~ /^;; ->>HEADER<<-.* status: (\w+),/m;
my ($flags) = ($reply // "") =~ /^;; flags:([a-z ]*);/m;
if (!defined $found || !defined $flags) {
  return (0, $output =~ /^;; communications error to .*: (.+)$/m ? $1 : last_line($output) =~ s/^;+ *//r);
}
my @values = sort map { lc s/\.$//r } $reply =~ /^[^;\s]\S*\s+\d+\s+IN\s+$type\s+(\S+)$/mg;
my $speaks = $flags =~ /\baa\b/ ? 1 : 0;
my $said = ("@values" || $found) . ($speaks ? ", authoritative" : "");
return (0, "$found, wanted $status") if $found ne $status;
return (0, ("@values" || "no record") . ", wanted " . ("@want" || "none")) if $is_wanted && "@want" ne "@values";
return (1, $said) if $authoritative eq "" || $authoritative == $speaks;
return (0, "$said, wanted " . ($authoritative ? "an authoritative answer" : "a second-hand answer"));
`,
})

/** All questions are for the same server. */
function ask(specs: readonly DnsSpec[]): Shell {
  const questions = specs.flatMap((spec) => ['-q', questionOf(spec), '-t', spec.type])
  const server = `@${specs[0]?.server}`
  return sh`dig +time=2 +tries=2 +noall +comments +question +answer ${server} ${questions}`
}

function questionOf({ type, name }: DnsSpec): string {
  return type === 'PTR' ? reverseName(name) : name
}

/** Does this DNS server answer so? */
export function dnsProbe(server: Subject, options: DnsWanted & ProbeOptions): Probe {
  const { from, expect, isFast, ...wanted } = options
  return makeProbe(dnsKind, options.name, {
    from,
    expect,
    isFast,
    to: server.name,
    spec: spec.parse({ server: server.address, ...wanted }),
  })
}
