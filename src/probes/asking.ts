/** The program that asks probes wherever they are asked from, and comes to the verdicts there. */
import { judging } from './judging.ts'

/**
 * Reads `questions` where it is started, as `questionsText` writes them, and leaves what scripts say in files beside it.
 * Eight scripts at a time, the longest ones first. Prints a line for each probe, in their order: its number from 0, `green`
 * or `red`, the milliseconds that it took, and what was seen. Perl is essential on Debian.
 */
export function askProgram(): string {
  return `use strict;\n${judging()}\n${asking}`
}

const asking = String.raw`# As in signal(7): a module takes longer to read than all of this.
my $sigalrm = 14;

sub slurp { open my $in, "<", $_[0] or return ""; read $in, my $text, 65536; $text // "" }
# Since the box booted, in steps of ten.
sub ms { int(1000 * (split / /, slurp("/proc/uptime"))[0]) }
sub word { my ($text) = @_; $text =~ s/\\(.)/$1 eq "n" ? "\n" : $1 eq "t" ? "\t" : $1/ge; $text }

my (@scripts, @probes);
open my $questions, "<", "questions" or die "questions: $!\n";
while (<$questions>) {
  chomp;
  if (s/^\t//) { $scripts[-1]{text} .= "$_\n"; next }
  my ($what, @fields) = map { word($_) } split /\t/, $_, -1;
  if ($what eq "ask") { push @scripts, { seconds => $fields[0], text => "", file => scalar(@scripts) . ".out" } }
  if ($what eq "probe") { push @probes, [$scripts[-1], @fields] }
}
my @open = sort { $b->{seconds} <=> $a->{seconds} } @scripts;
my %asked;

sub ask {
  my ($script) = @_;
  my $pid = fork // die "fork: $!\n";
  if ($pid) { $asked{$pid} = $script; $script->{begin} = ms(); return }
  setpgrp;
  open STDIN, "<", "/dev/null" or die "$!";
  open STDOUT, ">", $script->{file} or die "$!";
  open STDERR, ">&", \*STDOUT or die "$!";
  # The shell that this becomes is ended by it.
  alarm $script->{seconds};
  exec "sh", "-u", "-c", $script->{text} or die "$!";
}

# Whatever a shell that was ended leaves behind is ended too.
sub settle {
  my $pid = wait;
  my $script = delete $asked{$pid} or return;
  my $signal = $? & 127;
  $script->{code} = $signal == $sigalrm ? 124 : $signal ? 128 + $signal : $? >> 8;
  kill KILL => -$pid if $script->{code} == 124;
  $script->{ms} = ms() - $script->{begin};
}

while (@open || %asked) {
  if (@open && keys %asked < 8) { ask(shift @open) } else { settle() }
}
$_->{output} = slurp($_->{file}) for @scripts;
for my $index (0 .. $#probes) {
  my ($script, $name, $from, $to, $every, $expect, $kind, @words) = @{$probes[$index]};
  my ($answers, $detail) = judge($kind, $script->{code}, $script->{output}, @words);
  my $ok = defined $answers && !!$answers eq ($expect eq "answers");
  $detail =~ tr/\x00-\x1f\x7f/ /s;
  print join("\t", $index, $ok ? "green" : "red", $script->{ms}, $detail), "\n";
}
`
