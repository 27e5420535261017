# ready.pl ADDRESS PORT INSTANCE PATH [CHECK...]: waits until the instance answers PATH with 2xx, as long as its main process
# runs; systemd ends the wait. Then asks for each CHECK, or PATH where there is none, until it has got used to that, which the
# first of those who wait for its answers would have to wait for else. What it answers is for others to prove.
use strict;
use warnings;
use IO::Socket::INET;

my ($address, $first, $instance, $path, @checks) = @ARGV;
my $port = $first + $instance - 1;
my $main = $ENV{MAINPID} or die "systemd tells of no main process\n";

# Compilers of many languages make fast only what runs often.
my ($rounds, $seconds) = (60, 3);

# The first line of the answer; empty where none comes.
sub answer {
  my ($what) = @_;
  my $socket = IO::Socket::INET->new(PeerAddr => $address, PeerPort => $port, Timeout => 2) or return "";
  local $SIG{ALRM} = sub { $socket->shutdown(2) };
  alarm 5;
  print $socket "GET $what HTTP/1.0\r\nHost: $address\r\n\r\n";
  my $line = <$socket> // "";
  1 while <$socket>;
  alarm 0;
  $line;
}

until (answer($path) =~ m{^HTTP/1\.[01] 2[0-9][0-9] }) {
  # Of a process that is still becoming the app's, nothing may be asked: it is there.
  kill(0, $main) || $!{EPERM} or die "the process ended before $path was answered\n";
  select undef, undef, undef, 0.05;
}
my $end = time + $seconds;
for (1 .. $rounds) {
  for my $what (@checks ? @checks : $path) {
    exit 0 if time >= $end;
    answer($what);
  }
}
