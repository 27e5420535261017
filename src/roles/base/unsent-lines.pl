#!/usr/bin/perl
# unsent-lines: says in the journal how many of its lines went before they were acknowledged by the host of logs.
# Each line has a number, one after the other: what is between the last acknowledged one and now, and is not there, is lost.
# It runs before each try to send, and looks once in a minute, since it reads all that waits.
use strict;
use warnings;

my $state = "/var/lib/systemd/journal-upload/state";
my $known = "/var/lib/systemd/journal-upload/unsent";
exit if -e $known && -M $known < 60 / 86_400;

my $last = `journalctl --quiet --lines=1 --output=export --output-fields=MESSAGE`;
my ($acknowledged) = slurp($state) =~ /^LAST_CURSOR=(.+)$/m or exit;
my ($newest) = $last =~ /^__CURSOR=(.+)$/m or exit;
my ($from, $to) = map { number_of($_) } $acknowledged, $newest;
# After a new beginning of the numbers nothing can be said.
exit if $from->{series} ne $to->{series} || $to->{number} <= $from->{number};

my $kept = 0;
my @waiting = ("journalctl", "--quiet", "--after-cursor=$acknowledged", "--output=export", "--output-fields=PRIORITY");
open my $lines, "-|", @waiting or die "journalctl: $!\n";
while (<$lines>) { $kept++ if /^__CURSOR=/ }
close $lines;

# Counted up to $to: whatever came after that is not between.
my $lost = $to->{number} - $from->{number} - $kept;
my ($cursor, $told) = slurp($known) =~ /^(\S+) (\d+)$/;
$told = 0 if ($cursor // "") ne $acknowledged;
if ($lost > $told) {
  printf "%d lines of this host's journal were lost before they could be sent\n", $lost - $told;
  $told = $lost;
}
open my $out, ">", $known or die "$known: $!\n";
print $out "$acknowledged $told\n";
close $out or die "$known: $!\n";

sub slurp {
  my ($path) = @_;
  open my $in, "<", $path or return "";
  local $/;
  return <$in> // "";
}

sub number_of {
  my ($cursor) = @_;
  my ($series) = $cursor =~ /\bs=([0-9a-f]+)/;
  my ($number) = $cursor =~ /\bi=([0-9a-f]+)/;
  return { series => $series // "", number => hex($number // 0) };
}
