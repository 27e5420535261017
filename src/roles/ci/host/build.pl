# Builds an app: perl build DIR
# DIR holds `app` (its name), `source.tar.gz`, `steps` (a line of POSIX sh each) and perhaps `test` (one line, run after them,
# with $JUNIT). Lines of what runs are printed as they come, and between them those of ours, where NUMBER is `test` for that:
#   copse-step NUMBER LINE                   it begins
#   copse-failed NUMBER CODE LINE            it ended so, and the build with it; `timeout` or `oom-kill` for what was ended
#   copse-alive                              every five seconds; a build that nobody follows any more ends
#   copse-report PATH                        what the test left
#   copse-artifact SHA256 BYTES built|known  the last line of a build that went well; bytes of all files of it (see pack.pl)
use strict;
use warnings;
use Fcntl qw(:flock);
use File::Path qw(remove_tree);

my $store = "/srv/artifacts";
# Each build sees its own directory here in the place of this one, so that paths are the same in all.
my $home = "/var/lib/ci-build";
my $cache = "/var/cache/ci-build";
my $account = "ci-build";
# Counts up when the same source and steps make something else.
my $format = 3;

umask 022;
$| = 1;
my ($dir) = @ARGV;
my $app = slurp("$dir/app") =~ s/\n\z//r;
$app =~ /^[a-z][a-z0-9-]*\z/ or die "no name of an app: $app\n";
my $test = -e "$dir/test" ? slurp("$dir/test") =~ s/\n\z//r : undef;
my ($built, $tested) = keys_of();

if (my $known = known(defined $test ? $tested : $built)) {
  report($tested) if defined $test;
  conclude($known, "known");
  exit 0;
}
my $id = own_directory();
my $work = "$home/$id";
my $unit = "copse-build-$id";
my $owner = $$;
# Before all else: to exit is to wait for what runs.
$SIG{$_} = sub { leave(); exit 1 } for qw(HUP INT PIPE TERM);
END {
  my $code = $?;
  leave();
  $? = $code;
}
# Whoever has gone is noticed by writing alone, and a step may be quiet for long.
$SIG{ALRM} = sub { print "copse-alive\n"; alarm 5 };
alarm 5;
my $artifact = build();
alarm 0;
write_file("$store/builds/$_", "$artifact\n") for $built, defined $test ? $tested : ();
conclude($artifact, "built");

sub slurp { open my $in, "<", $_[0] or die "$_[0]: $!\n"; local $/; scalar <$in> // "" }

# Whole or not at all, also when the power goes.
sub write_file {
  my ($path, $text) = @_;
  my $new = "$path.$$.new";
  open my $out, ">", $new or die "$new: $!\n";
  print $out $text or die "$new: $!\n";
  close $out or die "$new: $!\n";
  command("sync", $new);
  rename $new, $path or die "$path: $!\n";
}

sub command {
  system(@_) == 0 or die "$_[0] ended with code " . ($? >> 8) . "\n";
}

sub digest_of {
  my ($script, @words) = @_;
  open my $in, "-|", "sh", "-c", $script, "digest", @words or die "sh: $!\n";
  my ($sum) = (<$in> // "") =~ /^([0-9a-f]{64})/ or die "no digest\n";
  $sum;
}

# Of all that decides what comes out; the second one says that it was tested too.
sub keys_of {
  my $source = digest_of('gzip -dc -- "$1" | sha256sum', "$dir/source.tar.gz");
  my $all = join "\n", $format, $source, slurp("$dir/steps"), slurp("/etc/os-release");
  map { digest_of('printf %s "$1" | sha256sum', $_) } $all, "$all\ntest " . ($test // "");
}

sub known {
  my ($key) = @_;
  return undef if !-e "$store/builds/$key";
  my ($artifact) = slurp("$store/builds/$key") =~ /^([0-9a-f]{64})$/ or return undef;
  my $list = "$store/files/$artifact.layers";
  # It is not pruned while it is wanted.
  utime undef, undef, $_ or return undef for $list, -e $list ? layers($artifact) : ();
  $artifact;
}

sub layers { map { "$store/files/$_.tar.zst" } slurp("$store/files/$_[0].layers") =~ /^([0-9a-f]{64}) /mg }

sub conclude {
  my ($artifact, $how) = @_;
  my $bytes = 0;
  $bytes += -s for layers($artifact);
  print "copse-artifact $artifact $bytes $how\n";
}

sub report {
  my ($key) = @_;
  print "copse-report $store/reports/$key.xml\n" if -e "$store/reports/$key.xml";
}

# One that others know by its lock to be in use: what a killed build left goes first.
sub own_directory {
  open my $gate, ">", "$home/.lock" or die "$home/.lock: $!\n";
  flock $gate, LOCK_EX or die "$home/.lock: $!\n";
  opendir my $all, $home or die "$home: $!\n";
  for my $left (grep { /^[0-9]+-[0-9]+\z/ } readdir $all) {
    open my $lock, ">", "$home/$left/lock";
    clear($left) if !$lock || flock $lock, LOCK_EX | LOCK_NB;
  }
  my $id = time . "-$$";
  mkdir "$home/$id" or die "$home/$id: $!\n";
  our $mine;
  open $mine, ">", "$home/$id/lock" or die "$home/$id/lock: $!\n";
  flock $mine, LOCK_EX or die "$home/$id/lock: $!\n";
  for (qw(tree home)) {
    mkdir "$home/$id/$_" or die "$home/$id/$_: $!\n";
    command("chown", "$account:$account", "$home/$id/$_");
  }
  $id;
}

# Not what is forked from here.
sub leave {
  clear($id) if $work && $$ == $owner;
  undef $work;
}

# Its processes first: they could go on writing.
sub clear {
  my ($id) = @_;
  system("systemctl stop --quiet copse-build-$id.service 2>/dev/null; systemctl reset-failed --quiet copse-build-$id.service 2>/dev/null");
  remove_tree("$home/$id", { safe => 1 });
  # File::Path gives up where another hand removes as well.
  system("rm", "-rf", "--", "$home/$id", "$store/files/.$id.tar.zst");
}

# What a unit runs: the source comes on standard input, and each line is a program of its own.
sub driver {
  return <<'SH';
umask 022
exec 2>&1
cd "$1"
if [ "$3" = steps ]; then tar -xz --no-same-owner --no-same-permissions -f -; fi
exec </dev/null
number=0
exec 3<"$2"
while IFS= read -r line <&3 || [ -n "$line" ]; do
  if [ -z "$line" ]; then continue; fi
  number=$((number + 1))
  if [ "$3" = test ]; then number=test; fi
  echo "copse-step $number $line"
  sh -eu -c "$line" 3<&- || exit
done
SH
}

# In a namespace of its own, where it can write to its directory and the cache alone, with nothing of ours in its environment.
sub sandboxed {
  my ($what, @more) = @_;
  my %limits = (
    User => $account, Group => $account, WorkingDirectory => "/", UMask => "0022",
    BindPaths => "$work:$home", ReadWritePaths => "$home $cache",
    InaccessiblePaths => join(" ", map { "-$_" } "/etc/copse", "/var/lib/ci", "/var/lib/ci-worker", "/var/lib/copse", $store,
      "/run/copse", "/run/ci", "/run/dbus", "/run/systemd/private"),
    ProtectSystem => "strict", ProtectHome => "yes", PrivateTmp => "yes", PrivateDevices => "yes", NoNewPrivileges => "yes",
    CapabilityBoundingSet => "", RestrictSUIDSGID => "yes", KillMode => "control-group", SendSIGKILL => "yes", TimeoutStopSec => 5,
    MemoryMax => "4G", TasksMax => 1024, RuntimeMaxSec => 1800, Nice => 10,
  );
  my $bundle = "/etc/ssl/certs/ca-certificates.crt";
  my @env = ("PATH=/usr/local/bin:/usr/bin:/bin", "HOME=$home/home", "LANG=C.UTF-8", "CI=true", "npm_config_cache=$cache/npm",
    "npm_config_update_notifier=false", "npm_config_fund=false", "npm_config_audit=false",
    (-e $bundle ? "NODE_EXTRA_CA_CERTS=$bundle" : ()), @more);
  return ("systemd-run", "--quiet", "--wait", "--pipe", "--unit=$unit", "--description=Build of $app", (map { ("-p", "$_=$limits{$_}") } sort keys %limits),
    "/usr/bin/env", "-i", @env, "sh", "-eu", "-c", driver(), "build", "$home/tree", "$home/$what", $what);
}

# Runs the lines of one file; what they print is passed on line by line, so that ours begin a line.
sub run {
  my ($what, @more) = @_;
  command("install", "-m", "644", "--", "$dir/$what", "$work/$what");
  open STDIN, "<", $what eq "steps" ? "$dir/source.tar.gz" : "/dev/null" or die "source.tar.gz: $!\n";
  my @last = (0, "unpack the source");
  open my $out, "-|", sandboxed($what, @more) or die "systemd-run: $!\n";
  while (my $line = <$out>) {
    chomp $line;
    @last = ($1, $2) if $line =~ /^copse-step (\w+) (.*)/;
    print "$line\n";
  }
  return if close $out;
  my $code = $? >> 8;
  my $why = qx(systemctl show -P Result $unit.service) =~ s/\n//r;
  system("systemctl", "reset-failed", "--quiet", "$unit.service");
  report_left();
  print "copse-failed $last[0] ", ($why eq "exit-code" || $why eq "" ? $code : $why), " $last[1]\n";
  exit 1;
}

# What was made is packed before the test can leave anything beside it.
sub build {
  run("steps");
  my $artifact = pack_up();
  if (defined $test) {
    run("test", "JUNIT=$home/home/junit.xml");
    report_left();
  }
  keep($artifact);
  $artifact;
}

# Of the account that built, so nothing is followed.
sub report_left {
  my $left = "$work/home/junit.xml";
  return if !defined $test || -l $left || !-f $left || -s $left > 10_000_000;
  write_file("$store/reports/$tested.xml", slurp($left));
  report($tested);
}

sub pack_up {
  open my $in, "-|", "perl", "/usr/local/lib/copse/ci/pack", "$work/tree", "$store/files", $id, "$work/layers" or die "perl: $!\n";
  my ($artifact) = (<$in> // "") =~ /^([0-9a-f]{64})$/;
  close $in && $artifact or die "what was built could not be packed\n";
  $artifact;
}

# The same content has the same name: whoever comes first.
sub keep {
  my ($artifact) = @_;
  write_file("$store/files/$artifact.layers", slurp("$work/layers"));
  command("sync", "$store/files");
}
