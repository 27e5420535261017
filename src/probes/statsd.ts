/** Does a counter that is sent to StatsD come back out of Graphite with its value? */
import { z } from 'zod'
import { sh } from '../lib/shell.ts'
import type { Probe, Vantage } from '../model/probe.ts'
import { oneLine } from '../resources/words.ts'
import { defineProbeKind, makeProbe, type Subject } from './kind.ts'
import { ipv4, portNumber } from './words.ts'

const spec = z.strictObject({
  address: ipv4,
  /** Of StatsD. */
  statsd: portNumber,
  /** Of the web page that Graphite renders on. */
  page: portNumber,
  /** Whoever asks has a counter of its own, the same one each time. */
  counter: oneLine.regex(/^[\w.-]+$/, 'must be the name of a counter'),
})

/** Seconds until a value has been flushed and can be read, and some more. */
const patience = 16

/** Perl, which is essential on Debian as perl-base. A value that nobody else sends tells this question from others. */
const program = `use strict;
use IO::Socket::INET;
my ($address, $statsd, $page, $counter) = @ARGV;
# Monitoring may ask at the same time as an operator: their values would add up.
$counter .= ".monitor" if $ENV{COPSE_MONITOR};
srand unpack "L", do { open my $in, "<", "/dev/urandom" or die "$!\\n"; read $in, my $seed, 4; $seed };
my $value = 1 + int rand 999_999_999;
my $to = IO::Socket::INET->new(PeerAddr => $address, PeerPort => $statsd, Proto => "udp") or die "$!\\n";
my $begin = time;
$to->send("$counter:$value|c") or die "cannot send to StatsD: $!\\n";
my ($url, $last) = ("/render?target=stats.counters.$counter.count&from=-60s&format=json", "");
while (time - $begin < ${patience}) {
  sleep 1;
  my $web = IO::Socket::INET->new(PeerAddr => $address, PeerPort => $page, Timeout => 2)
    or ($last = "port $page: $@"), next;
  print $web "GET $url HTTP/1.0\\r\\nHost: $address:$page\\r\\n\\r\\n";
  $last = do { local $/; <$web> } // "";
  if ($last =~ /\\[$value(?:\\.0)?, /) { printf "%d came back after %d s\\n", $value, time - $begin; exit }
}
$last =~ s/\\s+/ /g;
die "$value was sent and did not come back in ${patience} s: " . substr($last, -200) . "\\n";
`

export const statsdKind = defineProbeKind({
  name: 'statsd',
  spec,
  seconds: patience + 4,
  minutes: () => 10,
  script: ({ address, statsd, page, counter }) =>
    sh`exec perl -e ${program} ${[address, statsd, page, counter]}`,
})

/** Where it is asked, and the port of the web page. */
export interface StatsdWanted {
  readonly port: number
  readonly from: Extract<Vantage, { readonly host: string }>
}

/** Does a counter that is sent to the host's StatsD come back from its Graphite? It takes a flush, so a no-op `up` does not ask. */
export function statsdProbe(host: Subject, { port, from }: StatsdWanted): Probe {
  const counter = `copse.probe.${from.host}`
  return makeProbe(statsdKind, counter, {
    from,
    isFast: false,
    to: host.name,
    spec: spec.parse({ address: host.address, statsd: 8125, page: port, counter }),
  })
}
