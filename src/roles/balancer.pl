# Takes servers of a host out of HAProxy and brings them back: all of them, or those that run one app.
#   drain   HOST [APP]    sends them nothing new; ends when they have nothing to do any more, or the time for that is over;
#                         the last one that serves waits for those that somebody else has drained
#   restore HOST [APP]    ends when they are sent requests again; fails when one does not come back
# Its table has a line for each server: its host, BACKEND/SERVER, and its app or "-"; TAB between. Those that nobody asks for
# their health are the last resort of their back-end; they go with the others.
use strict;
use warnings;
use Fcntl qw(:flock);
use IO::Socket::UNIX;

$SIG{PIPE} = "IGNORE";
my $table = "/etc/copse/balancer";
my $door = "/run/haproxy/admin.sock";
# A file here for each server that was well when it was drained.
my $well = "/run/copse-balancer";
my $patience = 15;
# Seconds after which whoever drained the others has died.
my $turn = 20;
# Seconds after which it is used again, whatever became of who drained it.
my $longest = 600;

my ($verb, @words) = @ARGV;
my $run = { drain => \&drain, restore => \&restore }->{$verb // ""} or die "the verbs are drain and restore\n";
@words == 1 || @words == 2 or die "$verb HOST [APP]\n";
/^[a-z0-9][a-z0-9-]*\z/ or die "neither a host nor an app: $_\n" for @words;
my ($host, $app) = @words;
my $unit = join ":", "copse-restore-$host", grep { defined } $app;

my ($ours, $theirs) = listed();
my %app_of = %$ours;
my %before = rows();
# What does not run, or does not know a server yet, sends it nothing.
my @servers = grep { $before{$_} } sort keys %app_of;
$run->() if @servers;

# Servers and their apps: those that are meant, and those of other hosts.
sub listed {
  open my $in, "<", $table or die "$table: $!\n";
  my (%meant, %other);
  while (<$in>) {
    chomp;
    my ($of, $server, $runs) = split /\t/;
    if ($of ne $host) { $other{$server} = $runs }
    elsif (!defined $app || $runs eq $app) { $meant{$server} = $runs }
  }
  (\%meant, \%other);
}

sub ask {
  my $socket = IO::Socket::UNIX->new(Peer => $door) or return "";
  print $socket join("; ", @_), "\n";
  local $/;
  scalar <$socket> // "";
}

sub rows {
  my ($head, @lines) = split /\n/, ask("show stat");
  my @names = split /,/, ($head // "") =~ s/^# //r;
  map { my %row; @row{@names} = split /,/; ("$row{pxname}/$row{svname}" => \%row) } grep { /,/ } @lines;
}

sub set_all {
  my ($state, @which) = @_;
  my $said = ask(map { "set server $_ state $state" } @which);
  die "HAProxy: $said" if $said =~ /\S/;
}

sub until_so {
  my ($seconds, $is_so) = @_;
  for (1 .. $seconds * 20) {
    return 1 if $is_so->();
    select undef, undef, undef, 0.05;
  }
  0;
}

# Requests; the last resort, too, where there is nobody else.
sub is_sent { $_[0] =~ /^(?:UP|no check)/ }

sub record { my ($server) = @_; "$well/" . $server =~ tr{/}{:}r }

# systemd keeps the files of such units here: there is mostly none, and nobody to be asked about it.
sub stop_timers {
  my $place = "/run/systemd/transient/$unit";
  my @timers = map { m{([^/]+)\z} } grep { -e } "$place.timer", defined $app ? () : glob("$place:*.timer");
  system("systemctl", "stop", @timers) if @timers;
}

# Servers of other hosts, drained, without which nobody would serve what ours do.
sub missed {
  my %now = rows();
  my $status = sub { $now{$_[0]} ? $now{$_[0]}{status} : "gone" };
  my %mates;
  push @{$mates{(split m{/})[0]}}, $_ for keys %$theirs;
  my %needed = map { ((split m{/})[0] => 1) } grep { is_sent($status->($_)) } @servers;
  map {
    my @all = @{$mates{$_} // []};
    (grep { is_sent($status->($_)) } @all) ? () : grep { $status->($_) =~ /^DRAIN/ } @all;
  } keys %needed;
}

sub leave_one {
  until_so($turn, sub { !missed() }) and return;
  set_all("ready", missed());
  until_so($patience, sub { !missed() }) or die "the others that serve the same do not come back\n";
}

sub drain {
  mkdir $well;
  open my $lock, ">>", "$well/.lock" or die "$well/.lock: $!\n";
  flock $lock, LOCK_EX or die "$well/.lock: $!\n";
  leave_one();
  for (@servers) {
    my $status = $before{$_}{status};
    # One that is drained already was looked at then.
    next if $status =~ /^DRAIN/;
    if ($status =~ /^UP/) { open my $out, ">", record($_) or die record($_) . ": $!\n" }
    else { unlink record($_) }
  }
  stop_timers();
  my @again = ("perl", $0, "restore", @words);
  system("systemd-run", "--quiet", "--collect", "--unit=$unit", "--on-active=$longest", @again) == 0
    or die "systemd-run ended with code " . ($? >> 8) . "\n";
  set_all("drain", @servers);
  close $lock;
  until_so($patience, sub { my %now = rows(); !grep { $now{$_} && $now{$_}{scur} } @servers });
}

sub restore {
  stop_timers();
  set_all("ready", @servers);
  # An app that nobody has deployed yet is not waited for, unless it was asked for; one that is well now is seen in a second.
  my @wanted = grep { defined $app || $app_of{$_} eq "-" || -e record($_) } @servers;
  my %now;
  my $down = sub { %now = rows(); grep { !is_sent($now{$_}{status} // "gone") } @_ };
  until_so(1, sub { !$down->(@servers) }) || until_so($patience, sub { !$down->(@wanted) });
  unlink map { record($_) } @servers;
  my @lost = $down->(@wanted);
  die join("; ", map { "$_ is " . ($now{$_}{status} // "gone") } @lost) . " for the balancer\n" if @lost;
}
