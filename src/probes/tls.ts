/** Does a server prove itself with a certificate of the authority that it is to have it of, and that stays valid for a while? */
import { z } from 'zod'
import { parseAddress } from '../lib/ipv4.ts'
import { lines, type Shell, sh } from '../lib/shell.ts'
import type { Host } from '../model/environment.ts'
import type { Probe } from '../model/probe.ts'
import { standingPath } from '../resources/on-disk.ts'
import { oneLine } from '../resources/words.ts'
import { defineProbeKind, makeProbe, type ProbeOptions } from './kind.ts'
import { authority, ipv4, portNumber } from './words.ts'

const spec = z.strictObject({
  address: ipv4,
  port: portNumber,
  /** The name or address that the certificate must be for. */
  name: oneLine.min(1),
  /** It must stay valid for longer than this. */
  days: z.number().min(0).default(7),
  /** The certificate of the asking host, by its name, that it proves itself with in turn. */
  as: z
    .string()
    .regex(/^[a-z0-9-]+$/)
    .optional(),
  /** It is to be one that another authority issued, whatever the environment's own says. */
  issued: z
    .strictObject({
      /** The certificates that verify it, as that authority gave them along: the path of a file of PEM. */
      issuers: standingPath,
      /** The path of a file with one line that says why it could not be had lately, where it could not. */
      said: standingPath,
    })
    .optional(),
  /** Spoken before TLS, as `openssl s_client -starttls` knows it. */
  starttls: z.enum(['smtp', 'lmtp', 'imap', 'pop3', 'ftp', 'ldap', 'postgres', 'mysql', 'xmpp']).optional(),
})

/** What a server's certificate must be like. */
export type TlsWanted = Pick<z.input<typeof spec>, 'days' | 'starttls' | 'as' | 'issued'> & {
  /** The name that it must be for. Default: the host's full name. */
  readonly name?: string
  /** The host that asks, by its name: one that has a certificate itself, and so knows the authority. Default: the host asks itself. */
  readonly from?: { readonly host: string }
} & Pick<ProbeOptions, 'expect' | 'isFast'>

type Issued = NonNullable<z.output<typeof spec>['issued']>

/** Seconds that a handshake may take. */
const patience = 4

export const tlsKind = defineProbeKind({
  name: 'tls',
  spec,
  seconds: patience,
  script: ({ address, port, name, as, issued, starttls }) =>
    lines([
      issued ? needIssued(issued) : needAuthority,
      sh`exec openssl s_client -connect ${`${address}:${port}`} ${trust(issued)} -verify_return_error \\
  ${naming(name)} ${proof(as)} ${starttls === undefined ? [] : ['-starttls', starttls]} </dev/null 2>&1`,
    ]),
  words: ({ name, days }) => [name, `${days}`],
  // What s_client verified it also shows: the first certificate is the server's own. The days that are left are counted by
  // the host's clock, from the days since 0000-03-01. An error such as `verify error:num=62:hostname mismatch` is said
  // without what is for programs.
  judge: String.raw`
my ($name, $days) = @words;
# Why there is none that was to be issued is only told of what is not as it should be.
my $why = $output =~ s/^said: (.*)\n// ? "; $1" : "";
my ($well, $seen) = sub {
return (0, "no answer within ${patience} s") if $code == 124;
if ($code == 0) {
  my %month = (Mar => 0, Apr => 1, May => 2, Jun => 3, Jul => 4, Aug => 5, Sep => 6, Oct => 7, Nov => 8, Dec => 9, Jan => 10, Feb => 11);
  my ($word, $day, $hours, $minutes, $seconds, $year) = $output =~ /; NotAfter: (\w{3}) +(\d+) (\d+):(\d+):(\d+) (\d+) GMT$/m
    or return (0, "it is not said until when the certificate is valid");
  my $month = $month{$word};
  $year-- if $month > 9;
  my $date = 365 * $year + int($year / 4) - int($year / 100) + int($year / 400) + int((153 * $month + 2) / 5) + $day - 719469;
  my $left = $date + ($hours + $minutes / 60 + $seconds / 3600 - time / 3600) / 24;
  my $said = sprintf $left < 10 ? "%s, valid for %.1f days" : "%s, valid for %d days", $name, $left;
  return $left > $days ? (1, $said) : (0, "$said, wanted more than $days");
}
return (0, "does not verify: $1") if $output =~ /^verify error:num=\d+:(.+)$/m;
my ($reason) = $output =~ /^(Verification error:.*|connect:.*|.*:error:.*)$/m;
$reason //= last_line($output);
$reason =~ s/^[0-9A-F]+:error:[0-9A-F]+://;
$reason =~ s/^connect:/connect: /;
$reason =~ s/ {2,}/ /g;
return (0, $reason);
}->();
return ($well, $well ? $seen : "$seen$why");
`,
})

const needAuthority: Shell = sh`if [ ! -r ${authority} ]; then echo ${`there is no ${authority} here`}; exit 127; fi`

function needIssued({ issuers, said }: Issued): Shell {
  return sh`if [ -s ${said} ]; then printf 'said: '; head -n 1 ${said}; fi
if [ ! -r ${issuers} ]; then echo 'nothing was issued yet'; exit 1; fi`
}

/** Whoever gave a certificate gave its chain along, but for the root. */
function trust(issued: Issued | undefined): readonly string[] {
  return issued ? ['-CAfile', issued.issuers, '-partial_chain'] : ['-CAfile', authority]
}

function proof(as: string | undefined): readonly string[] {
  return as === undefined ? [] : ['-cert', `/etc/copse/tls/${as}.crt`, '-key', `/etc/copse/tls/${as}.key`]
}

/** openssl asks for names and checks addresses in two ways. */
function naming(name: string): readonly string[] {
  return parseAddress(name) === undefined
    ? ['-servername', name, '-verify_hostname', name]
    : ['-noservername', '-verify_ip', name]
}

/** Does the host prove itself on this port by a certificate of the environment's authority? */
export function tlsProbe(
  host: Pick<Host, 'name' | 'address' | 'fqdn'>,
  port: number,
  { from, expect, isFast, name = host.fqdn, ...wanted }: TlsWanted = {},
): Probe {
  return makeProbe(tlsKind, `${name}:${port}`, {
    from: from ?? { host: host.name },
    expect,
    isFast,
    to: host.name,
    spec: spec.parse({ address: host.address, port, name, ...wanted }),
  })
}
