#!/usr/bin/perl
# haproxy-report BALANCER ADDRESS:PORT...: tells Carbon at the end of every ten seconds what HAProxy did in them.
# Latency is HAProxy's own mean over the last 1024 requests, from the request to the first byte of the answer, and is only told
# while there are requests. What a server does as the last resort is told of its back-end alone. What cannot be sent is kept for
# an hour.
use strict;
use warnings;
use IO::Socket::INET;
use IO::Socket::UNIX;
$SIG{PIPE} = "IGNORE";
my $door = "/run/haproxy/admin.sock";
my $every = 10;
my ($balancer, @carbons) = @ARGV;
my (%before, %unsent);

sub rows {
  my $socket = IO::Socket::UNIX->new(Peer => $door) or return;
  print $socket "show stat\n";
  my ($head, @lines) = <$socket>;
  chomp($head, @lines);
  my @names = split /,/, $head =~ s/^# //r;
  my @rows = map { my %row; @row{@names} = split /,/; \%row } grep { /,/ } @lines;
  # Back-ends and servers.
  grep { $_->{type} == 1 || $_->{type} == 2 && $_->{svname} !~ /\.last\z/ } @rows;
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
  my $end = $every * (1 + int(time / $every));
  sleep 1 while time < $end;
  my @lines = lines_at($end - $every);
  send_to($_, @lines) for @carbons;
}
