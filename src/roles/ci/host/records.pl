# The releases of all apps, and which artifacts they are of.
#   add APP NUMBER ARTIFACT CONFIG COMMIT   a release that is now known; the newest 50 of an app stay
#   good APP NUMBER                         it was proven
#   present APP NUMBER                      it is the one that is to run
#   list [APP]   a line for each: app, number, artifact, config, commit, made, good, present; TAB between, times in seconds or 0
#   prune        removes artifacts, and what tells of builds, that no release needs and nobody asked for in 30 days
# Root's.
use strict;
use warnings;
use Fcntl qw(:flock);

my $store = "/srv/artifacts";
my $kept = 50;
my $days = 30;

umask 022;
my ($verb, @words) = @ARGV;
my %verbs = (add => \&add, good => \&good, present => \&present, list => \&list, prune => \&prune);
my $do = $verbs{$verb // ""} or die "no verb " . ($verb // "") . "\n";
open my $gate, ">>", "$store/releases/.lock" or die "$store/releases/.lock: $!\n";
flock $gate, LOCK_EX or die "$store/releases/.lock: $!\n";
$do->(@words);

sub slurp { open my $in, "<", $_[0] or return ""; local $/; scalar <$in> // "" }

# Whole or not at all, also when the power goes.
sub write_file {
  my ($path, $text) = @_;
  open my $out, ">", "$path.new" or die "$path.new: $!\n";
  print $out $text or die "$path.new: $!\n";
  close $out or die "$path.new: $!\n";
  system("sync", "$path.new") == 0 or die "$path.new: not synced\n";
  rename "$path.new", $path or die "$path: $!\n";
}

sub names { opendir my $dir, $_[0] or return; grep { !/^\./ } readdir $dir }

sub folder {
  my ($app) = @_;
  ($app // "") =~ /^[a-z][a-z0-9-]*\z/ or die "no name of an app: " . ($app // "") . "\n";
  "$store/releases/$app";
}

sub path {
  my ($app, $number) = @_;
  ($number // "") =~ /^[1-9][0-9]*\z/ or die "no number: " . ($number // "") . "\n";
  folder($app) . "/$number";
}

sub known {
  my $path = path(@_);
  -e $path or die "there is no release $_[1] of $_[0]\n";
  $path;
}

sub numbers { sort { $a <=> $b } grep { /^[0-9]+\z/ } names(folder($_[0])) }

sub fields { +{ slurp($_[0]) =~ /^(\w+)=(.*)$/mg } }

# The number and when it was chosen.
sub chosen { slurp(folder($_[0]) . "/present") =~ /^([0-9]+) ([0-9]+)$/ ? ($1, $2) : (0, 0) }

sub add {
  my ($app, $number, $artifact, $config, $commit) = @_;
  my $path = path($app, $number);
  ($artifact // "") =~ /^[0-9a-f]{64}\z/ or die "no artifact: " . ($artifact // "") . "\n";
  /^[\w.+-]+\z/ or die "no word: $_\n" for map { $_ // "" } $config, $commit;
  if (-e $path) {
    my $is = fields($path);
    return if $is->{artifact} eq $artifact && $is->{config} eq $config && $is->{commit} eq $commit;
    die "release $number of $app is another\n";
  }
  -e "$store/files/$artifact.layers" or die "there is no artifact $artifact\n";
  mkdir folder($app);
  write_file($path, "artifact=$artifact\nconfig=$config\ncommit=$commit\nmade=" . time . "\n");
  forget($app);
}

# The newest, the one that is to run, and the last that was good.
sub forget {
  my ($app) = @_;
  my @newest = reverse numbers($app);
  my ($present) = chosen($app);
  my ($good) = grep { $_ != $present && fields(path($app, $_))->{good} } @newest;
  my %stays = ($present => 1, $good // 0 => 1);
  unlink path($app, $_) for grep { !$stays{$_} } splice @newest, $kept < @newest ? $kept : @newest;
}

sub good {
  my $path = known(@_);
  return if fields($path)->{good};
  write_file($path, slurp($path) . "good=" . time . "\n");
}

sub present {
  my ($app, $number) = @_;
  known($app, $number);
  return if (chosen($app))[0] == $number;
  write_file(folder($app) . "/present", "$number " . time . "\n");
}

sub list {
  my ($only) = @_;
  for my $app (defined $only ? $only : sort map { s{.*/}{}r } names("$store/releases")) {
    my ($present, $since) = chosen($app);
    for my $number (numbers($app)) {
      my $is = fields(path($app, $number));
      print join("\t", $app, $number, @$is{qw(artifact config commit made)}, $is->{good} // 0, $number == $present ? $since : 0), "\n";
    }
  }
}

sub prune {
  my %named;
  for my $app (names("$store/releases")) {
    $named{fields(path($app, $_))->{artifact} // ""} = 1 for numbers($app);
  }
  for my $name (names("$store/files")) {
    my ($artifact) = $name =~ /^([0-9a-f]{64})\.layers\z/ or next;
    unlink "$store/files/$name" if !$named{$artifact} && -M "$store/files/$name" > $days;
  }
  prune_layers();
  for my $key (names("$store/builds")) {
    my ($artifact) = slurp("$store/builds/$key") =~ /^([0-9a-f]{64})$/;
    unlink "$store/builds/$key" if !$artifact || !-e "$store/files/$artifact.layers";
  }
  unlink grep { -M $_ > $days } map { "$store/reports/$_" } names("$store/reports");
}

# What a build has just packed is not in a list yet.
sub prune_layers {
  my @names = names("$store/files");
  my %used = map { ($_, 1) } map { slurp("$store/files/$_") =~ /^([0-9a-f]{64}) /mg } grep { /\.layers\z/ } @names;
  my @unused = grep { /^([0-9a-f]{64})\.tar\.zst\z/ && !$used{$1} } @names;
  unlink grep { -M $_ > $days } map { "$store/files/$_" } @unused;
}
