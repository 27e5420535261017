# Releases of an app on this host. SETTINGS is the app's file in /etc/copse/apps.
#   take SETTINGS NUMBER ARTIFACT COMMIT    fetches the release; its environment is the file ./env-APP, or that of the present one
#   run  SETTINGS NUMBER ARTIFACT COMMIT [migrate]    the same, then starts it; where it does not start, the former one again
#   good SETTINGS NUMBER [again]            it was proven; again: it was so before, which this host may not know
#   remove SETTINGS                         ends the app on this host
#   list SETTINGS                           a line for each: app, number, artifact, config, commit, made, good, present; TAB between
# Root's; nothing here is run by the app's account but what it migrates with.
use strict;
use warnings;
use File::Path qw(remove_tree);
use IO::Socket::INET;

umask 022;
my ($verb, $settings, @words) = @ARGV;
my %set = slurp($settings) =~ /^(\w+)=(.*)$/mg;
my $home = "/srv/apps/$set{app}";
my @units = split / /, $set{units};
my $kept = 5;

my %verbs = (
  take => sub { take(@_) },
  run => sub { my ($number, $artifact, $commit, $how) = @_; run($number, $artifact, $commit, ($how // "") eq "migrate") },
  good => sub { good(@_) },
  remove => sub { system("systemctl", "disable", "--quiet", "--now", "--", @units); remove_tree($home); artifact("prune") },
  list => sub { list() },
);
($verbs{$verb} // die "no verb $verb\n")->(@words);

sub slurp { open my $in, "<", $_[0] or return ""; local $/; scalar <$in> // "" }

# Whole or not at all, also when the power goes.
sub write_file {
  my ($path, $text, $mode) = @_;
  my $new = "$path.copse-new";
  unlink $new;
  sysopen my $out, $new, 0301, $mode // 0644 or die "$new: $!\n";
  print $out $text or die "$new: $!\n";
  $out->flush;
  command("sync", $new);
  rename $new, $path or die "$path: $!\n";
}

sub command {
  system(@_) == 0 or die "$_[0] ended with code " . ($? >> 8) . "\n";
}

sub release { my ($number) = @_; $number =~ /^[1-9][0-9]*\z/ or die "no number: $number\n"; "$home/releases/$number" }

sub present { (readlink("$home/current") // "") =~ m{^releases/([0-9]+)\z} ? $1 : 0 }

sub artifact_of { (readlink(release($_[0]) . "/app") // "") =~ m{([0-9a-f]{64})\z} ? $1 : "" }

sub artifact { command("perl", "/usr/local/lib/copse/artifact.pl", @_) }

sub digest {
  my ($path) = @_;
  open my $in, "-|", "sha256sum", "--", $path or die "sha256sum: $!\n";
  my ($sum) = (<$in> // "") =~ /^([0-9a-f]{64})/ or die "$path: no digest\n";
  $sum;
}

sub take {
  my ($number, $artifact, $commit) = @_;
  my $place = release($number);
  my $sent = "env-$set{app}";
  my $env = -e $sent ? $sent : "$home/current/env";
  if (-d $place) {
    my $is_same = artifact_of($number) eq $artifact && (!-e $sent || digest($sent) eq digest("$place/env"));
    return if $is_same;
    die "there is another release $number here\n" if present() != $number;
  } elsif (!-e $env) {
    die "there is no release $number here, and its config is not known any more\n";
  }
  artifact("fetch", $home, $set{store}, $set{authority}, $artifact);
  copy_assets($artifact);
  my $new = "$home/releases/new";
  remove_tree($new);
  mkdir "$home/releases";
  mkdir $new or die "$new: $!\n";
  symlink "../../artifacts/$artifact", "$new/app" or die "$new: $!\n";
  write_file("$new/env", slurp($env), 0600);
  write_file("$new/about", "RELEASE=$number\nCOMMIT=$commit\nMADE=" . time . "\n");
  # All of the file system would hold up whoever else writes there.
  command("sync", $new);
  if (-d $place) { rename $place, "$place.old" or die "$place: $!\n" }
  rename $new, $place or die "$place: $!\n";
  remove_tree("$place.old");
}

# Their names change with their content; pages of the former release still ask for its own.
sub copy_assets {
  my ($artifact) = @_;
  return if ($set{assets} // "") eq "";
  my $from = "$home/artifacts/$artifact/$set{assets}";
  die "the app has no folder $set{assets}\n" if !-d $from;
  command("cp", "-rn", "--no-preserve=all", "--", "$from/.", "$home/assets");
}

# As the app's account, with what its processes will find.
sub migrate {
  my ($number) = @_;
  return if ($set{migrate} // "") eq "";
  my $place = release($number);
  my $line = 'PATH=$PWD/node_modules/.bin:/usr/local/bin:/usr/bin:/bin; export PATH; exec ' . $set{migrate};
  my @limits = map { ("-p", $_) } "EnvironmentFile=$place/env", "EnvironmentFile=$place/about", "WorkingDirectory=$place/app",
    "NoNewPrivileges=yes", "CapabilityBoundingSet=", "RuntimeMaxSec=600";
  system("systemd-run", "--quiet", "--wait", "--pipe", "--collect", "--uid=$set{account}", @limits,
    "--setenv=NODE_EXTRA_CA_CERTS=$set{authority}", "sh", "-c", $line) == 0
    or die "the migration to release $number failed; nothing was switched\n";
}

# One renaming: there is no moment without a present release.
sub point_at {
  my ($number) = @_;
  unlink "$home/current.new";
  symlink "releases/$number", "$home/current.new" or die "$home/current: $!\n";
  rename "$home/current.new", "$home/current" or die "$home/current: $!\n";
}

# What their lines in the journal are marked with.
sub mark {
  my ($number) = @_;
  my $is_new = 0;
  my %templates = map { (s/\@.*/\@/r, 1) } @units;
  for (sort keys %templates) {
    my $path = "/etc/systemd/system/$_.service.d/release.conf";
    my $text = "[Service]\nLogExtraFields=RELEASE=$number\n";
    next if slurp($path) eq $text;
    mkdir $path =~ s{/[^/]+\z}{}r;
    write_file($path, $text);
    $is_new = 1;
  }
  command("systemctl", "daemon-reload") if $is_new;
}

# What the units were started for, besides the release.
sub inputs { join "", map { -e $_ ? substr digest($_), 0, 8 : "" } split / /, $set{inputs} }

# To start is work. Who serves meanwhile, here and on machines beside, is left half of the processors.
sub at_once {
  my $half = int(`nproc` / 2);
  $half > 1 ? $half : 1;
}

sub start {
  my ($number) = @_;
  mark($number);
  my @links = map { "/etc/systemd/system/multi-user.target.wants/$_.service" } @units;
  command("systemctl", "enable", "--quiet", "--", @units) if grep { !-l } @links;
  system("systemctl", "reset-failed", "--quiet", "--", @units);
  system("systemctl", "stop", "--", @units);
  my $is_well = 1;
  for (my @left = @units; @left && $is_well;) {
    $is_well = system("systemctl", "start", "--", splice @left, 0, at_once()) == 0;
  }
  # They are tried again and again, and may start later.
  system("systemctl", "start", "--no-block", "--", @units) if !$is_well;
  write_file("$home/started", "$number " . inputs() . "\n") if $is_well;
  $is_well;
}

# The lines of one process that did not start. The others would say the same between them.
sub show_journal {
  my ($began) = @_;
  my ($unit) = grep { system("systemctl", "is-active", "--quiet", "--", $_) != 0 } @units;
  system("journalctl --no-pager --quiet -o cat --since \@$began -n 30 -u '" . ($unit // $units[0]) . "' >&2");
}

sub run {
  my ($number, $artifact, $commit, $migrates) = @_;
  my $before = present();
  take($number, $artifact, $commit);
  migrate($number) if $migrates;
  point_at($number);
  unlink "$home/started";
  my $began = time;
  if (!start($number)) {
    print STDERR "release $number does not start; the journal says:\n";
    show_journal($began);
    if ($before && $before != $number) {
      point_at($before);
      print STDERR start($before) ? "release $before runs again\n" : "release $before does not start again either\n";
    }
    exit 1;
  }
  prune();
}

# Where figures and lines of the journal are looked at, it is seen when the release took over.
sub good {
  my ($number, $how) = @_;
  my $now = time;
  return if ($how // "") eq "again" && -e release($number) . "/good";
  write_file(release($number) . "/good", "$now\n");
  return if ($how // "") eq "again";
  my %about = slurp(release($number) . "/about") =~ /^([A-Z]+)=(.*)$/mg;
  system("logger", "-t", "copse", "release $number of $set{app} ($about{COMMIT}) took over");
  return if ($set{carbon} // "") eq "";
  my $carbon = IO::Socket::INET->new(PeerAddr => $set{carbon}, PeerPort => 2003, Timeout => 2) or return;
  print $carbon "apps.$set{app}.release $number $now\napps.$set{app}.deploys 1 $now\n";
  close $carbon;
}

# A rollback between these would change nothing.
sub is_same {
  my ($one, $other) = @_;
  artifact_of($one) eq artifact_of($other) && digest(release($one) . "/env") eq digest(release($other) . "/env");
}

# The newest five, the present one, and the last other one that was good.
sub prune {
  opendir my $dir, "$home/releases" or return;
  my @numbers = sort { $b <=> $a } grep { /^[0-9]+\z/ } readdir $dir;
  my $present = present();
  my ($good) = grep { -e release($_) . "/good" && !is_same($_, $present) } @numbers;
  my @newest = @numbers > $kept ? @numbers[0 .. $kept - 1] : @numbers;
  my %keep = map { ($_, 1) } @newest, $present, $good // ();
  my %used = map { (artifact_of($_), 1) } keys %keep;
  remove_tree(release($_)) for grep { !$keep{$_} } @numbers;
  opendir my $artifacts, "$home/artifacts" or return;
  my @unused = grep { /^([0-9a-f]{64})(?:\.layers)?\z/ && !$used{$1} } readdir $artifacts;
  return if !@unused;
  remove_tree("$home/artifacts/$_") for @unused;
  artifact("prune");
}

sub list {
  opendir my $dir, "$home/releases" or return;
  for my $number (sort { $a <=> $b } grep { /^[0-9]+\z/ } readdir $dir) {
    my $place = release($number);
    my %about = slurp("$place/about") =~ /^([A-Z]+)=(.*)$/mg;
    print join("\t", $set{app}, $number, artifact_of($number), digest("$place/env"), $about{COMMIT}, $about{MADE},
      slurp("$place/good") =~ s/\n//r || 0, present() == $number ? (lstat "$home/current")[9] : 0), "\n";
  }
}
