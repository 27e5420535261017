#!/usr/bin/perl
# monitor QUESTIONS HOST [ADDRESS:PORT...]: asks those probes that are due, and tells the journal, Graphite (at these
# addresses) and the file `verdicts` beside where it is started. In that file the first line is when it last asked, and each
# other one a probe: its name, from, to, what is expected, green or red, milliseconds, when it was last asked, since when it
# is so, for how many times by now, and what was seen.
use strict;
use warnings;
use IO::Socket::INET;
use Socket;

my ($questions, $host, @carbons) = @ARGV;
settle();
# Some probes leave a trace, which is to be another one than that of an operator who asks at the same time.
$ENV{COPSE_MONITOR} = 1;
my $now = time;
my %before = verdicts();
my @keys;
my @due = due();
my %after = map { exists $before{$_} ? ($_ => $before{$_}) : () } @keys;
my @changed = ask(@due);
keep();
tell_verdict($_) for @changed;
tell_run();
report($_) for @carbons;

# A host that is being changed is asked when that is over, unless it takes long.
sub settle {
  my ($shared, $at_once) = (1, 4);
  open my $lock, "<", "/run/copse/lock" or return;
  for (1 .. 90) { return if flock $lock, $shared | $at_once; sleep 1 }
}

sub verdicts {
  open my $in, "<", "verdicts" or return;
  <$in>;
  my %found;
  while (<$in>) {
    chomp;
    my %verdict;
    @verdict{qw(name from to expect state ms at since times detail)} = split /\t/, $_, 10;
    $found{key(\%verdict)} = \%verdict;
  }
  return %found;
}

sub key { join "\t", @{$_[0]}{qw(name from to expect)} }

# Scripts of which a probe is due go into the file of questions; a verdict that is new is asked for again at once.
sub due {
  open my $in, "<", $questions or die "$questions: $!\n";
  my (@due, @script, @asked, $is_due);
  my $end = sub {
    push @due, { script => [@script], asked => [@asked] } if $is_due;
    (@script, @asked, $is_due) = ();
  };
  while (<$in>) {
    $end->() if /^ask\t/;
    push @script, $_;
    chomp(my $line = $_);
    my ($what, $name, $from, $to, $every, $expect) = split /\t/, $line, -1;
    next if $what ne "probe";
    my $verdict = { name => $name, from => $from, to => $to, expect => $expect };
    my $old = $before{key($verdict)};
    # Half a minute early is in time: timers are not exact.
    $is_due ||= $every <= 1 || !$old || $old->{times} < 2 || $old->{at} + 60 * $every - 30 <= $now;
    push @asked, $verdict;
    push @keys, key($verdict);
  }
  $end->();
  return @due;
}

sub ask {
  my @scripts = @_ or return;
  open my $out, ">", "questions" or die "questions: $!\n";
  print $out map { @{$_->{script}} } @scripts;
  close $out or die "questions: $!\n";
  my @asked = map { @{$_->{asked}} } @scripts;
  my @changed;
  open my $answers, "-|", "perl", "/usr/local/lib/copse/ask" or die "ask: $!\n";
  while (<$answers>) {
    chomp;
    my ($index, $state, $ms, $detail) = split /\t/, $_, 4;
    my $verdict = $asked[$index] or next;
    my $old = $before{key($verdict)};
    my $is_same = $old && $old->{state} eq $state;
    @$verdict{qw(state ms detail at)} = ($state, $ms, $detail, $now);
    @$verdict{qw(since times)} = $is_same ? ($old->{since}, $old->{times} + 1) : ($now, 1);
    $after{key($verdict)} = $verdict;
    # What is green from the first time on is no news.
    push @changed, $verdict unless $is_same || !$old && $state eq "green";
  }
  close $answers or die "asking ended with $?\n";
  unlink "questions", glob "*.out";
  return @changed;
}

sub lasting { map { $after{$_} // () } @keys }
sub red { grep { $_->{state} eq "red" } lasting() }

sub keep {
  open my $out, ">", "verdicts.new" or die "verdicts: $!\n";
  print $out "$now\n", map { join("\t", @$_{qw(name from to expect state ms at since times detail)}) . "\n" } lasting();
  close $out or die "verdicts: $!\n";
  rename "verdicts.new", "verdicts" or die "verdicts: $!\n";
}

sub tell_verdict {
  my ($verdict) = @_;
  my ($name, $from, $to, $state, $detail) = @$verdict{qw(name from to state detail)};
  my $about = $from eq $to ? $name : "$name of $to";
  journal(
    [MESSAGE => "$about is $state: $detail"],
    [PRIORITY => $state eq "red" ? 4 : 5],
    [COPSE_MONITOR => "verdict"],
    map { [uc "COPSE_$_" => $verdict->{$_}] } qw(name from to expect state ms since detail),
  );
}

# The host of logs is told all that is red each time, so that it needs to remember nothing: see `evaluate`.
sub tell_run {
  my @red = red();
  my $green = lasting() - @red;
  my @names = map { $_->{name} } @red;
  my $message = sprintf "%d of %d green%s", $green, $green + @red, @red ? ", red: " . join ", ", @names[0 .. min($#red, 9)] : "";
  journal(
    [MESSAGE => $message],
    [PRIORITY => 5],
    [COPSE_MONITOR => "run"],
    [COPSE_GREEN => $green],
    [COPSE_RED => scalar @red],
    map { [COPSE_IS_RED => join "\t", @$_{qw(times since name from to)}, part($_->{detail})] } @red[0 .. min($#red, 99)],
  );
}

sub min { $_[0] < $_[1] ? $_[0] : $_[1] }

# No half of a letter at its end.
sub part { substr($_[0], 0, 300) =~ s/[\xC0-\xFF][\x80-\xBF]*\z//r }

# As systemd's native protocol has it: a line per field. A journal that does not listen is no reason to stop asking.
sub journal {
  socket my $socket, PF_UNIX, SOCK_DGRAM, 0 or return;
  my $text = join "", map { "$_->[0]=$_->[1]\n" } [SYSLOG_IDENTIFIER => "copse-monitor"], @_;
  send $socket, $text, 0, pack_sockaddr_un("/run/systemd/journal/socket");
}

# There are as many names as the definition has probes, and no more than two hundred.
sub report {
  my ($carbon) = @_;
  my @all = lasting();
  my $red = red();
  my %value = ("green" => @all - $red, "red" => $red);
  for my $verdict (splice @all, 0, 200) {
    my $name = substr $verdict->{name} =~ tr/A-Za-z0-9_-/-/csr, 0, 80;
    $value{"probes.$name"} = $verdict->{state} eq "green" ? 1 : 0;
  }
  # Whoever takes nothing is not to hold up the next run.
  local $SIG{ALRM} = sub { die "$carbon takes nothing\n" };
  eval {
    alarm 4;
    my $socket = IO::Socket::INET->new(PeerAddr => $carbon) or die "$@\n";
    print $socket map { "monitor.$host.$_ $value{$_} $now\n" } sort keys %value;
    close $socket;
  };
  alarm 0;
}
