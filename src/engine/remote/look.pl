# Looks at a host: prints identity, facts, what copse owns here, and for each kind a section on what is wanted and what copse
# owns besides; questions/ask asks probes meanwhile. Changes nothing. A process costs milliseconds on a small host: all that
# can be done in this one is. Files beside it: boundary, patience (seconds), kinds (names, one a line), wanted/NAME (key TAB
# hint lines), observers (those written in Perl), kind/NAME (those written in sh).
use strict;
# As in flock(2): a module takes longer to read than all of this.
my ($shared, $at_once) = (1, 4);
our ($var, %lines, %observers);
require "./observers";

sub read_lines { open my $in, "<", $_[0] or return; chomp(my @all = <$in>); @all }

my ($boundary) = read_lines("boundary");
sub section { print "$boundary $_[0]\n", @_[1 .. $#_] }

# A session that is at work, perhaps for somebody who is gone, is let finish: what is seen in its middle is nobody's state.
open my $lock, ">>", "/run/copse/lock" or die "/run/copse/lock: $!\n";
my $tries = 10 * (read_lines("patience"))[0];
until (flock $lock, $shared | $at_once) {
  if ($tries-- <= 0) { section("busy"); exit }
  select undef, undef, undef, 0.1;
}

my $asker;
if (-d "questions") {
  $asker = fork // die "fork: $!\n";
  if (!$asker) {
    open STDOUT, ">", "answers" or die "$!";
    open STDERR, ">&", \*STDOUT or die "$!";
    chdir "questions" or die "$!";
    exec "perl", "./ask" or die "$!";
  }
}

section("identity", slurp("$var/identity"));
my %os = map { /^(\w+)=["']?(.*?)["']?$/ } read_lines("/etc/os-release");
my %facts = (
  os => "$os{ID} " . ($os{VERSION_ID} // ""),
  kernel => (read_lines("/proc/sys/kernel/osrelease"))[0],
  boot => (read_lines("/proc/sys/kernel/random/boot_id"))[0],
  uptime => int((split / /, slurp("/proc/uptime"))[0]),
);
my ($run) = read_lines("$var/run");
$facts{run} = $run if defined $run;
section("facts", map { "$_\t$facts{$_}\n" } sort keys %facts);
section("owned", slurp("$var/owned"));

my @kinds = read_lines("kinds");
my %known = map { $_ => 1 } @kinds;
my %wanted;
for my $kind (@kinds) {
  for my $line (read_lines("wanted/$kind")) {
    my ($key, $hint) = split /\t/, $line, 2;
    $wanted{$kind}{$key} = 1;
    push @{$lines{$kind}}, [$key, $hint];
  }
}
for my $line (read_lines("$var/owned")) {
  my ($kind, $key) = split /\t/, $line;
  push @{$lines{$kind}}, [$key, ""] if $known{$kind} && !$wanted{$kind}{$key};
}

# The text that an observer in sh prints.
sub ask_sh {
  my ($kind) = @_;
  open my $to, ">", "$kind.lines" or die "$!";
  print $to "$_->[0]\t$_->[1]\n" for @{$lines{$kind}};
  close $to or die "$!";
  system("sh -eu 'kind/$kind' <'$kind.lines' >'$kind.out' 2>'$kind.err'") == 0 or die join "\n", read_lines("$kind.err"), "";
  open my $from, "<", "$kind.out" or die "$!";
  local $/;
  scalar <$from>;
}

for my $kind (@kinds) {
  next unless $lines{$kind};
  my $text = eval { $observers{$kind} ? observed($kind) : ask_sh($kind) };
  defined $text ? section("kind $kind", $text) : section("failed $kind", $@);
}
if ($asker) {
  waitpid $asker, 0;
  section("answers", slurp("answers"), "\n");
}
section("end");
