#!/usr/bin/perl
# What the key of the CI host may have done on this host, and nothing else: sshd starts this for the account copse-deploy,
# as root by sudo, whatever the client asked for; that stands in SSH_ORIGINAL_COMMAND. APP and HOST must be in the table.
#   list    APP                                     as release.pl
#   take    APP NUMBER ARTIFACT COMMIT
#   run     APP NUMBER ARTIFACT COMMIT [migrate]
#   good    APP NUMBER
#   drain   HOST APP                                as balancer.pl
#   restore HOST APP
# Its argument stands before its paths, for tests: sudo lets the account give none.
use strict;
use warnings;
# As in flock(2): a module takes longer to read than all of this.
my ($alone, $at_once) = (2, 4);

my $root = shift // "";
my $programs = "$root/usr/local/lib/copse";
my $patience = 30;
$ENV{PATH} = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
umask 022;
# What began is ended, also when the client has gone: half of it would be worse.
$SIG{$_} = "IGNORE" for qw(HUP PIPE);

my $number = qr/[1-9][0-9]{0,8}/;
my $release = qr/$number [0-9a-f]{64} [0-9A-Za-z._+-]{1,64}/;
my $name = qr/[a-z0-9][a-z0-9-]{0,62}/;
my %verbs = (
  list => { of => "runs", words => qr// },
  take => { of => "runs", words => $release, changes => 1 },
  run => { of => "runs", words => qr/$release(?: migrate)?/, changes => 1 },
  good => { of => "runs", words => $number, changes => 1 },
  drain => { of => "balances", words => $name },
  restore => { of => "balances", words => $name },
);

my $said = $ENV{SSH_ORIGINAL_COMMAND} // "";
my ($verb, $subject, $words) = $said =~ /\A([a-z]+) ($name)(?: ([ -~]+))?\z/ or refuse();
$words //= "";
my $known = $verbs{$verb} or refuse();
$words =~ /\A$known->{words}\z/ or refuse();
is_listed($known->{of} eq "runs" ? "runs $subject" : "balances $subject $words") or refuse();
note("$verb $subject $words") if $verb ne "list";

# A directory without the file ./env, which would become a release's config.
chdir "$root/var/lib/copse-deploy" or die "/var/lib/copse-deploy: $!\n";
open STDIN, "<", "/dev/null" or die "/dev/null: $!\n";
my $lock = $known->{changes} ? take_lock() : undef;
my @call = $known->{of} eq "runs"
  ? ("release.pl", $verb, "$root/etc/copse/apps/$subject", split / /, $words)
  : ("balancer.pl", $verb, $subject, $words);
$call[0] = "$programs/$call[0]";
is_free() or die "there is another release of this number here\n" if $verb eq "take" || $verb eq "run";
my $ended = system "perl", @call;
exit($ended == 0 ? 0 : $ended >> 8 || 1);

sub refuse {
  note("refused: $said");
  print STDERR "refused: the key of the CI host may not have this done here\n";
  exit 64;
}

# One line of the journal, whatever was said.
sub note {
  my ($text) = @_;
  $text =~ s/[^ -~]/?/g;
  $text = substr($text, 0, 300);
  $text =~ s/ +\z//;
  system "$root/usr/bin/logger", "-t", "copse-deploy", "-p", "auth.notice", "--", $text;
}

sub is_listed {
  my ($wanted) = @_;
  open my $in, "<", "$root/etc/copse/deploy-verbs" or return 0;
  scalar grep { $_ eq "$wanted\n" } <$in>;
}

# A release that is here, perhaps the one that runs, is never made another: its number may have been taken meanwhile.
sub is_free {
  my ($number, $artifact) = split / /, $words;
  open my $list, "-|", "perl", $call[0], "list", $call[2] or die "$call[0]: $!\n";
  my @others = grep { /^$subject\t$number\t/ && !/^$subject\t$number\t$artifact\t/ } <$list>;
  close $list or die "the releases of $subject are not known\n";
  @others == 0;
}

# The lock of the sessions of `copse` itself; held until the program that is called has ended.
sub take_lock {
  my $home = "$root/run/copse";
  -d $home or mkdir $home, 0700;
  open my $lock, ">>", "$home/lock" or die "$home/lock: $!\n";
  for (my $tries = 20 * $patience; !flock $lock, $alone | $at_once; $tries--) {
    if ($tries <= 0) {
      print STDERR "another run is at work on this host\n";
      exit 75;
    }
    select undef, undef, undef, 0.05;
  }
  $lock;
}
