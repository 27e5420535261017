/** Does a URL answer with the right status, header and body? */
import { z } from 'zod'
import { lines, type Shell, sh } from '../lib/shell.ts'
import type { Probe } from '../model/probe.ts'
import { standingPath } from '../resources/on-disk.ts'
import { oneLine } from '../resources/words.ts'
import { defineProbeKind, makeProbe, type ProbeOptions, type Subject } from './kind.ts'
import { authority, ipv4 } from './words.ts'

const spec = z.strictObject({
  url: z.url({ protocol: /^https?$/ }),
  /** Connect here, whatever the URL's name resolves to. */
  address: ipv4,
  status: z.int().min(100).max(599).default(200),
  /** The path of a file of PEM whose certificates are trusted besides the environment's authority, where the asker has it. */
  issuers: standingPath.optional(),
  /** Text that the body must hold. */
  contains: z.string().optional(),
  /** Response headers by name, with their exact values. */
  headers: z.record(z.string(), oneLine).default({}),
})

/** What an answer must be like; any body and headers by default. */
export type HttpWanted = Omit<z.input<typeof spec>, 'url' | 'address'>

export const httpKind = defineProbeKind({
  name: 'http',
  spec,
  script: ({ url, address, issuers }) =>
    lines([
      new URL(url).protocol === 'https:' ? (issuers === undefined ? trust : trustBoth(issuers)) : sh`set --`,
      sh`curl "$@" -sS --globoff --include --connect-timeout 2 --max-time 4 --noproxy '*' --resolve ${entryFor(url, address)} ${url}`,
    ]),
  words: ({ status, contains = '', headers }) => [
    ...[`${status}`, contains, JSON.stringify(contains)],
    ...Object.entries(headers).flat(),
  ],
  judge: String.raw`
my ($status, $contains, $quoted, @headers) = @words;
my ($head, $body) = split /\r\n\r\n/, $output, 2;
my ($first, @fields) = split /\r\n/, $head // "";
my ($found) = ($first // "") =~ m{^HTTP/[\d.]+ (\d{3})};
# curl explains what a certificate is after it has said what is wrong with this one.
return (0, $output =~ /^(curl: \(\d+\) .+)$/m ? $1 : last_line($output)) if $code != 0 || !defined $found;
return (0, "status $found, wanted $status") if $found ne $status;
my %field = map { /^([^:]*):\s*(.*?)\s*$/ ? (lc $1, $2) : () } @fields;
while (my ($name, $value) = splice @headers, 0, 2) {
  my $has = $field{lc $name};
  return (0, "$name: " . ($has // "missing") . ", wanted $value") if !defined $has || $has ne $value;
}
return (0, "the body does not contain $quoted") if index($body // "", $contains) < 0;
return (1, "status $found");
`,
})

/** Whom the asker trusts: the environment's authority where it has its certificate, besides those that it trusts anyway. */
const trust: Shell = sh`if [ -r ${authority} ]; then set -- --cacert ${authority}; else set --; fi`

/** Whichever of the two the server proves itself by. */
function trustBoth(issuers: string): Shell {
  return sh`set -- --cacert /dev/stdin
cat ${authority} ${issuers} 2>/dev/null |`
}

/** `name:port:address`, as curl's --resolve takes it. */
function entryFor(url: string, address: string): string {
  const { hostname, port, protocol } = new URL(url)
  return `${hostname}:${port || (protocol === 'https:' ? '443' : '80')}:${address}`
}

/**
 * Does the host answer this URL so? It is asked at its own address, whatever the URL's name resolves to. A certificate is
 * verified by what the asker trusts: one of the environment's own authority only by hosts that have one too.
 */
export function httpProbe(host: Subject, url: string, options: HttpWanted & ProbeOptions = {}): Probe {
  const { from, expect, isFast, ...wanted } = options
  const { host: name, pathname, protocol } = new URL(url)
  const shown = `${protocol === 'https:' ? 'https://' : ''}${name}${pathname === '/' ? '' : pathname}`
  return makeProbe(httpKind, shown, {
    from,
    expect,
    isFast,
    to: host.name,
    spec: spec.parse({ url, address: host.address, ...wanted }),
  })
}
