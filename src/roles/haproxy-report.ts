/** What HAProxy counts, sent to Graphite: requests, errors and latency of each back-end and of each of its servers. */
import { directory, type Environment, file, type Host, hostsWithRole, type ResourceList, unit } from 'copse'
import { hardened } from './hardened.ts'

const scriptPath = '/usr/local/lib/copse/haproxy-report'

/** Nothing where the environment keeps no figures. */
export function reporter(environment: Environment, { name }: Host): ResourceList {
  const doors = hostsWithRole(environment, 'metrics').map(({ address }) => `${address}:2003`)
  if (doors.length === 0) return []
  const script = file(scriptPath, { content: program, mode: 0o755 })
  return [
    directory('/usr/local/lib/copse'),
    script,
    unit('haproxy-report', { file: service(name, doors), restartOn: [script] }),
  ]
}

/**
 * Perl, which is essential on Debian. Latency is HAProxy's own mean over the last 1024 requests, from the request to the first
 * byte of the answer, and is only told while there are requests. What cannot be sent is kept for an hour.
 */
const program = String.raw`#!/usr/bin/perl
# haproxy-report BALANCER ADDRESS:PORT...: tells Carbon at the end of every ten seconds what HAProxy did in them.
use strict;
use IO::Socket::INET;
use IO::Socket::UNIX;
$SIG{PIPE} = "IGNORE";
my ($balancer, @carbons) = @ARGV;
my (%before, %unsent);

sub rows {
  my $socket = IO::Socket::UNIX->new(Peer => "/run/haproxy/admin.sock") or return;
  print $socket "show stat\n";
  my ($head, @lines) = <$socket>;
  chomp($head, @lines);
  my @names = split /,/, $head =~ s/^# //r;
  grep { $_->{type} == 1 || $_->{type} == 2 && $_->{svname} !~ /\.last\z/ } map { my %row; @row{@names} = split /,/; \%row } grep { /,/ } @lines;
}

# Counters begin anew when HAProxy is loaded again.
sub since {
  my ($name, $value) = @_;
  my $old = $before{$name};
  $before{$name} = $value;
  !defined $old ? undef : $value >= $old ? $value - $old : $value;
}

sub lines_at {
  my ($now) = @_;
  map {
    my $row = $_;
    my $name = join ".", "balancer", map { tr/A-Za-z0-9_-/-/cr } $balancer, $row->{pxname},
      $row->{svname} eq "BACKEND" ? "all" : $row->{svname};
    my $answers = 0;
    $answers += $row->{"hrsp_$_"} || 0 for qw(1xx 2xx 3xx 4xx 5xx other);
    my $requests = since("$name requests", $answers);
    my $errors = since("$name errors", $row->{hrsp_5xx} || 0);
    my $latency = ($row->{qtime} || 0) + ($row->{ctime} || 0) + ($row->{rtime} || 0);
    !defined $requests ? () : (
      "$name.requests.count $requests $now\n",
      "$name.errors.count $errors $now\n",
      $requests ? "$name.latency $latency $now\n" : (),
    );
  } rows();
}

sub send_to {
  my ($carbon, @lines) = @_;
  my $waiting = $unsent{$carbon} //= [];
  push @$waiting, \@lines;
  shift @$waiting while @$waiting > 360;
  # Whoever takes nothing is not to hold up the next report.
  local $SIG{ALRM} = sub { die "$carbon takes nothing\n" };
  eval {
    alarm 4;
    my $socket = IO::Socket::INET->new(PeerAddr => $carbon) or die "$@\n";
    print $socket map { @$_ } @$waiting or die "$!\n";
    close $socket or die "$!\n";
    @$waiting = ();
  };
  alarm 0;
}

for (;;) {
  my $end = 10 * (1 + int(time / 10));
  sleep 1 while time < $end;
  my @lines = lines_at($end - 10);
  send_to($_, @lines) for @carbons;
}
`

function service(name: string, doors: readonly string[]): string {
  return `[Unit]
Description=Tells Graphite what HAProxy counts
After=haproxy.service

[Service]
User=haproxy
ExecStart=${[scriptPath, name, ...doors].join(' ')}
Restart=always
RestartSec=5
${hardened}
RestrictAddressFamilies=AF_INET AF_UNIX

[Install]
WantedBy=multi-user.target
`
}
