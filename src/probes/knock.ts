/** Tries TCP ports, all at once. */
import { type Shell, sh } from '../lib/shell.ts'

/** A port of an address. */
export interface Door {
  readonly address: string
  readonly port: number
}

/** `10.61.0.20:80`. */
export function doorOf({ address, port }: Door): string {
  return `${address}:${port}`
}

/**
 * Perl, which is essential on Debian as perl-base; curl's telnet:// cannot tell an open but silent port from a dropped packet.
 * What has not answered after two seconds is silent: by then a lost first packet was sent again.
 */
const program = `use strict;
use Socket;
use Errno qw(EINPROGRESS);
my %open;
for (@ARGV) {
  my ($address, $port) = split /:/;
  my $to = sockaddr_in($port, inet_aton($address));
  socket my $socket, PF_INET, SOCK_STREAM, 0 or die "socket: $!\\n";
  fcntl $socket, 4, 2048;
  if (connect $socket, $to) { print "$_ open\\n" }
  elsif ($! != EINPROGRESS) { print "$_ $!\\n" }
  else { $open{$_} = $socket }
}
for (my $left = 2; %open && $left > 0;) {
  my $wanted = "";
  vec($wanted, fileno $_, 1) = 1 for values %open;
  my ($found, $rest) = select undef, my $ready = $wanted, undef, $left;
  $left = $rest;
  for (keys %open) {
    next unless vec $ready, fileno $open{$_}, 1;
    $! = unpack "i", getsockopt $open{$_}, SOL_SOCKET, SO_ERROR;
    print "$_ ", ($!+0 ? "$!" : "open"), "\\n";
    delete $open{$_};
  }
}
print "$_ silent\\n" for keys %open;
`

/** Prints a line for each: the door, then `open` or why not. */
export function knock(doors: readonly Door[]): Shell {
  return sh`exec perl -e ${program} ${[...new Set(doors.map(doorOf))]}`
}
