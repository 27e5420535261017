# Starts the apply session on a host in a transient unit, so that it outlives the connection, and prints its events until it
# is over. A session of the very same plan that is still at work is followed instead. The argument is its directory.
use strict;
# As in flock(2): a module takes longer to read than all of this.
my ($alone, $at_once) = (2, 4);

my ($dir) = @ARGV;
my $home = "/run/copse";
$| = 1;

sub slurp { open my $in, "<", $_[0] or return ""; local $/; scalar <$in> }

# The directory of the session that is at work now, if it is of the very same plan.
sub same_at_work {
  open my $lock, ">>", "$home/lock" or die "$home/lock: $!\n";
  return if flock $lock, $alone | $at_once;
  my $other = readlink "$home/current" // return;
  slurp("$other/plan") eq slurp("$dir/plan") ? $other : undef;
}

sub unit_of { "copse-apply-" . ($_[0] =~ m{([^/]+)$})[0] . ".service" }

sub start {
  open my $events, ">", "$dir/events" or die "$dir/events: $!\n";
  my @ends = ("--property=KillMode=mixed", "--property=TimeoutStopSec=600");
  system("systemd-run", "--quiet", "--collect", "--unit=" . unit_of($dir), @ends, "perl", "$dir/session", $dir) == 0
    or die "the session could not be started\n";
}

# One that has not said its number yet is only being started.
sub is_at_work {
  my ($session) = @_;
  my $pid = slurp("$session/pid");
  $pid =~ /^\d+\n/ ? kill 0, $pid : system("systemctl", "is-active", "--quiet", unit_of($session)) == 0;
}

sub follow {
  my ($session) = @_;
  open my $events, "<", "$session/events" or die "$session/events: $!\n";
  my $is_over = 0;
  for (my $turn = 1;; $turn++) {
    while (my $line = <$events>) {
      # A line that is only being written is read again.
      if ($line !~ /\n$/) { seek $events, -length $line, 1; last }
      print $line;
      return if $line =~ /^\{"event":"done"/;
    }
    return if $is_over;
    # What it said last is read once more.
    $is_over = $turn % 10 == 0 && !is_at_work($session);
    select undef, undef, undef, 0.03;
    seek $events, 0, 1;
  }
}

my $other = same_at_work();
start() if !$other;
follow($other // $dir);
exec "rm", "-rf", $dir;
