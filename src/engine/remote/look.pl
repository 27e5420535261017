# Looks, kind by kind, at what is wanted on this host and what copse owns here besides; prints a section for each kind.
# Changes nothing. The argument is the list of what copse owns. Files beside it: boundary, kinds (names, one a line),
# wanted/NAME (key TAB hint lines), observers (those written in Perl), kind/NAME (those written in sh).
use strict;
our (%lines, %observers);
require "./observers";

sub read_lines { open my $in, "<", $_[0] or return; chomp(my @all = <$in>); @all }

my ($boundary) = read_lines("boundary");
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
for my $line (read_lines($ARGV[0])) {
  my ($kind, $key) = split /\t/, $line;
  push @{$lines{$kind}}, [$key, ""] if $known{$kind} && !$wanted{$kind}{$key};
}

# The text that an observer in Perl prints.
sub ask_perl {
  my ($kind) = @_;
  open my $out, ">", \my $text or die "$!";
  my $before = select $out;
  my $is_well = eval { $observers{$kind}->(@{$lines{$kind}}); 1 };
  select $before;
  $is_well or die $@;
  $text // "";
}

# The same of one in sh.
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
  my $text = eval { $observers{$kind} ? ask_perl($kind) : ask_sh($kind) };
  print defined $text ? "$boundary kind $kind\n$text" : "$boundary failed $kind\n$@";
}
# The shell that became this program asks probes in the background.
if (-e "answers") {
  1 until wait == -1;
  print "$boundary answers\n", map { "$_\n" } read_lines("answers");
}
print "$boundary end\n";
