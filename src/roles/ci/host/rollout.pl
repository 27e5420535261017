# Rolls a built artifact of an app out to its hosts, as `copse deploy` does, by the key that they let in for that alone:
#   rollout APP ARTIFACT COMMIT [ROOT]
# The config of the release is that of the present one, which each host has: nothing secret is known here. Prints a line for
# each thing that happens. Ends with 0 once the release is proven, or where there was nothing to do; with 1 where it runs
# nowhere, and why is printed; with 64 for words that it does not know. ROOT stands before its paths, for tests.
use strict;
use warnings;
use Fcntl qw(:flock);
use File::Temp qw(tempdir);

my ($app, $artifact, $commit, $root) = @ARGV;
$root //= "";
my $conf = "$root/etc/copse/ci";
my $records = "$root/usr/local/lib/copse/ci/records";
$| = 1;
# What began is ended, also when nobody reads what is printed.
$SIG{PIPE} = "IGNORE";

usage() if !defined $commit || $app !~ /\A[a-z][a-z0-9-]*\z/ || $artifact !~ /\A[0-9a-f]{64}\z/
  || $commit !~ /\A[0-9A-Za-z._+-]{1,64}\z/;
my (%address, %alias, %hosts_of, %fronts_of);
read_table();
usage("$app is no app that runs anywhere") if !$hosts_of{$app};
my @hosts = @{$hosts_of{$app}};
my @fronts = @{$fronts_of{$app} // []};
my $scratch = tempdir(CLEANUP => 1);
my $lock = alone();

my %seen = look(@hosts);
my @stored = stored();
my $present = present();
require_same_config();
my $release = wanted();
my @behind = grep { runs($_) != $release->{number} } @hosts;
if (!@behind) {
  print "nothing to do: release $release->{number} of $app is of this artifact, and runs on @hosts\n";
  exit 0;
}
print "$app: release $release->{number} from $commit, after release $present->{number}\n";
take();
roll_out();
prove();
print "release $release->{number} of $app runs on @hosts\n";

sub usage {
  print STDERR "$_[0]\n" if @_;
  print STDERR "rollout APP ARTIFACT COMMIT\n";
  exit 64;
}

sub give_up {
  print "$_[0]\n";
  exit 1;
}

# Lines of words: host NAME ADDRESS ALIAS, app NAME HOST..., balancers APP HOST...
sub read_table {
  open my $in, "<", "$conf/rollout" or die "$conf/rollout: $!\n";
  while (<$in>) {
    my ($what, $name, @words) = split;
    if ($what eq "host") { ($address{$name}, $alias{$name}) = @words }
    elsif ($what eq "app") { $hosts_of{$name} = \@words }
    elsif ($what eq "balancers") { $fronts_of{$name} = \@words }
  }
}

# One rollout at a time; it is held until this ends.
sub alone {
  my $path = "$root/run/copse-rollout.lock";
  open my $gate, ">>", $path or die "$path: $!\n";
  if (!flock $gate, LOCK_EX | LOCK_NB) {
    print "waits for another rollout to end\n";
    flock $gate, LOCK_EX or die "$path: $!\n";
  }
  $gate;
}

sub slurp { open my $in, "<", $_[0] or return ""; local $/; scalar <$in> // "" }

# Host keys are those that copse has pinned and told of; none is learnt here.
sub ssh {
  my ($host, @words) = @_;
  my %options = (
    BatchMode => "yes", IdentitiesOnly => "yes", IdentityAgent => "none", User => "copse-deploy",
    StrictHostKeyChecking => "yes", UserKnownHostsFile => "$conf/known_hosts", GlobalKnownHostsFile => "/dev/null",
    HostKeyAlias => $alias{$host}, UpdateHostKeys => "no", VerifyHostKeyDNS => "no", LogLevel => "ERROR",
    ConnectTimeout => 10, ServerAliveInterval => 15, ServerAliveCountMax => 8,
  );
  ("ssh", "-n", "-T", "-F", "/dev/null", "-i", "$conf/deploy-key", (map { ("-o", "$_=$options{$_}") } sort keys %options),
    "--", $address{$host}, "@words");
}

# Asks hosts the same at the same time: for each its code, and what it printed.
sub ask {
  my ($asked, @words) = @_;
  my %child;
  for my $host (@$asked) {
    my $pid = fork // die "fork: $!\n";
    $child{$host} = $pid and next if $pid;
    open STDOUT, ">", "$scratch/$host.out" or die "$scratch: $!\n";
    open STDERR, ">", "$scratch/$host.err" or die "$scratch: $!\n";
    $SIG{PIPE} = "DEFAULT";
    exec ssh($host, @words) or print STDERR "ssh: $!\n";
    require POSIX;
    POSIX::_exit(255);
  }
  map {
    waitpid $child{$_}, 0;
    ($_ => { code => $? & 127 ? 128 + ($? & 127) : $? >> 8, out => slurp("$scratch/$_.out"), err => slurp("$scratch/$_.err") })
  } @$asked;
}

# Why one host did not do it, in its last words; undefined where it did.
sub trouble {
  my ($host, @words) = @_;
  my %said = ask([$host], @words);
  why($said{$host});
}

sub why {
  my ($said) = @_;
  return undef if $said->{code} == 0;
  my @lines = grep { /\S/ } split /\n/, "$said->{err}\n$said->{out}";
  splice @lines, 0, @lines - 20 if @lines > 20;
  @lines == 0 ? "it ended with code $said->{code}" : join "\n  ", @lines == 1 ? () : "", @lines;
}

# Lines as release.pl and the records print them.
sub parse {
  map {
    my %one;
    @one{qw(app number artifact config commit made good present)} = split /\t/, $_, -1;
    \%one;
  } grep { /^$app\t[0-9]+\t[0-9a-f]{64}(?:\t[^\t]+){5}\z/ } split /\n/, $_[0];
}

# Before anything is changed all must answer: a rollout that could not end must not begin.
sub look {
  my %said = ask(\@_, "list", $app);
  for my $host (@_) {
    my $why = why($said{$host});
    give_up("$app was not touched: $host does not answer: $why") if defined $why;
  }
  map { ($_ => [parse($said{$_}{out})]) } @_;
}

sub stored {
  my $text = qx(perl '$records' list '$app');
  give_up("$app was not touched: the records of releases cannot be read") if $? != 0;
  parse($text);
}

# The number of the release that a host runs; 0: none.
sub runs {
  my ($host) = @_;
  my ($now) = grep { $_->{present} } @{$seen{$host}};
  $now ? $now->{number} : 0;
}

# Of those that run on a host and were proven anywhere, the one that was chosen last.
sub present {
  my @all = map { @$_ } values %seen;
  my %good = map { $_->{number} => 1 } grep { $_->{good} } @all, @stored;
  my ($newest) = sort { $b->{present} <=> $a->{present} || $b->{number} <=> $a->{number} } grep { $_->{present} && $good{$_->{number}} } @all;
  $newest // give_up("$app was not touched: no release of it that was proven runs; its first one is made by copse up");
}

# Each host gives the new release the config of the one that it runs.
sub require_same_config {
  for my $host (@hosts) {
    my ($now) = grep { $_->{present} } @{$seen{$host}};
    give_up("$app was not touched: $host runs no release of it yet: copse up") if !$now;
    give_up("$app was not touched: $host runs release $now->{number}, which has another config than $present->{number}: copse up")
      if $now->{config} ne $present->{config};
  }
}

# The present one where it is of this artifact, else one under a number that none has had.
sub wanted {
  return $present if $present->{artifact} eq $artifact;
  my ($highest) = sort { $b <=> $a } map { $_->{number} } @stored, map { @$_ } values %seen;
  { number => $highest + 1, artifact => $artifact, config => $present->{config}, commit => $commit };
}

sub words { my ($of) = @_; ($of->{number}, $of->{artifact}, $of->{commit}) }

# Every host has all of the release before the first one starts it.
sub take {
  my %said = ask(\@behind, "take", $app, words($release));
  my @lost = grep { defined $_->[1] } map { [$_, why($said{$_})] } @behind;
  give_up(join "\n", map { "$app was not touched: $_->[0] could not fetch it: $_->[1]" } @lost) if @lost;
  print "@behind: fetched\n";
}

sub roll_out {
  my @touched;
  for my $host (@behind) {
    push @touched, $host;
    my @how = $release != $present && @touched == 1 ? "migrate" : ();
    my $why = roll($host, $release, @how) // next;
    print "$host: $why\n";
    take_back(@touched);
    give_up("release $release->{number} of $app was not rolled out: $host failed");
  }
}

# Out of the balancers, switched, and back, which waits until the host is found well. A host that is the only one stays in:
# nobody could take its place.
sub roll {
  my ($host, $to, @how) = @_;
  my $why;
  for my $front (@hosts > 1 ? @fronts : ()) {
    my $lost = trouble($front, "drain", $host, $app);
    $why = "it was not changed, because $front did not drain it: $lost", last if defined $lost;
    print "$host: drained by $front\n";
  }
  if (!defined $why) {
    $why = trouble($host, "run", $app, words($to), @how);
    print "$host: runs release $to->{number}\n" if !defined $why;
  }
  for my $front (@fronts) {
    my $lost = trouble($front, "restore", $host, $app);
    print "$host: restored by $front\n" if !defined $lost;
    $why //= "$front does not use it again: $lost" if defined $lost;
  }
  $why;
}

# A host whose release did not start has gone back by itself.
sub take_back {
  my @touched = @_;
  my %said = ask(\@touched, "list", $app);
  for my $host (@touched) {
    my $why = why($said{$host});
    $seen{$host} = [parse($said{$host}{out})] if !defined $why;
    next if !defined $why && runs($host) == $present->{number};
    print "$host: goes back to release $present->{number}\n";
    $why //= roll($host, $present);
    print "$host: did not go back: $why\n" if defined $why;
  }
}

# A host that missed the word goes along with those that heard it.
sub prove {
  my %said = ask(\@hosts, "good", $app, $release->{number});
  my @deaf = grep { $said{$_}{code} != 0 } @hosts;
  print "$_: does not remember that release $release->{number} is good: ", why($said{$_}), "\n" for @deaf;
  give_up("no host remembers that release $release->{number} of $app is good") if @deaf == @hosts;
  for my $call (["add", $app, @$release{qw(number artifact config commit)}], map { [$_, $app, $release->{number}] } qw(good present)) {
    next if system("perl", $records, @$call) == 0;
    print "release $release->{number} of $app is not in the records of releases\n";
    last;
  }
}
