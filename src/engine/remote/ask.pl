# Asks every probe in ./probes, eight at a time, each for at most the seconds in ./seconds, and prints for each: boundary, name,
# exit code (124: the time was over), milliseconds, then the first 64 KiB of what it said. The longest ones begin first.
use strict;
# As in signal(7): a module takes longer to read than all of this.
my $sigalrm = 14;

sub slurp { open my $in, "<", $_[0] or return ""; read $in, my $text, 65536; $text }
# Since the box booted, in steps of ten.
sub ms { int(1000 * (split / /, slurp("/proc/uptime"))[0]) }

chomp(my $boundary = slurp("boundary"));
opendir my $probes, "probes" or die "probes: $!\n";
my @all = sort grep { !/^\./ } readdir $probes;
my %seconds = map { $_ => slurp("seconds/$_") } @all;
my @open = sort { $seconds{$b} <=> $seconds{$a} } @all;
my (%asked, %end);

sub ask {
  my ($name) = @_;
  my $pid = fork // die "fork: $!\n";
  if ($pid) { $asked{$pid} = [$name, ms()]; return }
  setpgrp;
  open STDIN, "<", "/dev/null" or die "$!";
  open STDOUT, ">", "$name.out" or die "$!";
  open STDERR, ">&", \*STDOUT or die "$!";
  # The shell that this becomes is ended by it.
  alarm $seconds{$name};
  exec "sh", "-u", "probes/$name" or die "$!";
}

# Whatever a shell that was ended leaves behind is ended too.
sub settle {
  my $pid = wait;
  my $code = ($? & 127) == $sigalrm ? 124 : $? & 127 ? 128 + ($? & 127) : $? >> 8;
  kill KILL => -$pid if $code == 124;
  my ($name, $begin) = @{delete $asked{$pid}};
  $end{$name} = $code . "\t" . (ms() - $begin);
}

while (@open || %asked) {
  if (@open && keys %asked < 8) { ask(shift @open) } else { settle() }
}
print "$boundary\t$_\t$end{$_}\n", slurp("$_.out"), "\n" for @all;
