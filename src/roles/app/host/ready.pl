# ready.pl ADDRESS PORT INSTANCE PATH: waits until the instance answers PATH with 2xx, as long as its main process runs. systemd
# ends the wait.
use strict;
use warnings;
use IO::Socket::INET;

my ($address, $first, $instance, $path) = @ARGV;
my $port = $first + $instance - 1;
my $main = $ENV{MAINPID} or die "systemd tells of no main process\n";

sub is_healthy {
  my $socket = IO::Socket::INET->new(PeerAddr => $address, PeerPort => $port, Timeout => 2) or return 0;
  local $SIG{ALRM} = sub { $socket->shutdown(2) };
  alarm 5;
  print $socket "GET $path HTTP/1.0\r\nHost: $address\r\n\r\n";
  my $line = <$socket> // "";
  alarm 0;
  $line =~ m{^HTTP/1\.[01] 2[0-9][0-9] };
}

until (is_healthy()) {
  # Of a process that is still becoming the app's, nothing may be asked: it is there.
  kill(0, $main) || $!{EPERM} or die "the process ended before $path was answered\n";
  select undef, undef, undef, 0.05;
}
