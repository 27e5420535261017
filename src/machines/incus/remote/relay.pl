# Hands a socket that only root may open to one user: listens on another, of that user's, and passes all on.
# Ends, and takes that socket away, with its standard input.
use strict;
use warnings;
use IO::Select;
use IO::Socket::UNIX;
my ($target, $listen, $uid) = @ARGV;
$SIG{CHLD} = 'IGNORE';
$SIG{PIPE} = 'IGNORE';
umask 0177;
my $server = IO::Socket::UNIX->new(Local => $listen, Listen => 64) or die "$listen: $!\n";
chown $uid, -1, $listen or die "$listen: $!\n";
syswrite STDOUT, "ready\n";
my $waiting = IO::Select->new($server, \*STDIN);
while (1) {
  for my $ready ($waiting->can_read) {
    if ($ready == $server) {
      my $client = $server->accept or next;
      my $child = fork;
      if (defined $child && $child == 0) {
        close $server;
        close STDIN;
        relay($client);
        exit 0;
      }
      close $client;
    } elsif (!sysread STDIN, my $said, 64) {
      unlink $listen;
      exit 0;
    }
  }
}

sub relay {
  my ($client) = @_;
  my $engine = IO::Socket::UNIX->new(Peer => $target) or return;
  my $open = IO::Select->new($client, $engine);
  my %other = ($client => $engine, $engine => $client);
  while ($open->count) {
    for my $from ($open->can_read) {
      my $to = $other{$from};
      if (!sysread $from, my $data, 65536) {
        $open->remove($from);
        shutdown $to, 1;
      } else {
        for (my $sent = 0; $sent < length $data;) {
          my $more = syswrite $to, $data, length($data) - $sent, $sent;
          return unless $more;
          $sent += $more;
        }
      }
    }
  }
}
