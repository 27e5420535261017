# Artifacts of apps on this host: trees that are made of layers, which apps and releases have in common.
#   fetch HOME STORE AUTHORITY ARTIFACT   makes HOME/artifacts/ARTIFACT; HOME/artifacts/ARTIFACT.layers lists what it is made of
#   prune                                 removes layers that no artifact needs any more
# Root's; files are the same in a layer and in all trees of it, and nobody else may write to them.
use strict;
use warnings;
use Cwd qw(realpath);
use Fcntl qw(:flock);
use File::Basename qw(dirname);
use File::Path qw(remove_tree);

my $layers = "/srv/apps/.layers";
# A runtime has a hundred megabytes. All of them at once would keep the kernel so busy with writing that who serves beside waits.
my $bytes_a_second = "56M";

umask 022;
my ($verb, @words) = @ARGV;
my %verbs = (fetch => \&fetch, prune => \&prune);
($verbs{$verb} // die "no verb $verb\n")->(@words);

sub slurp { open my $in, "<", $_[0] or return ""; local $/; scalar <$in> // "" }

sub command {
  system(@_) == 0 or die "$_[0] ended with code " . ($? >> 8) . "\n";
}

sub curl {
  my ($url, $authority) = @_;
  ("curl", "--fail", "--silent", "--show-error", "--noproxy", "*", "--cacert", $authority, "--max-time", 300,
    "--limit-rate", $bytes_a_second, "--", $url);
}

sub fetch {
  my ($home, $store, $authority, $artifact) = @_;
  $artifact =~ /^[0-9a-f]{64}\z/ or die "no artifact: $artifact\n";
  my $place = "$home/artifacts/$artifact";
  return if -d $place;
  mkdir $_ for "$home/artifacts", $layers;
  chmod 0700, $layers;
  my $lock = alone();
  # To unpack takes some seconds: what runs on the host goes first.
  setpriority 0, 0, 19;
  # From here on its layers are not removed.
  my @list = list($store, $authority, $place);
  layer($store, $authority, $_->[0]) for @list;
  my $new = "$home/artifacts/new";
  remove_tree($new);
  mkdir $new or die "$new: $!\n";
  put($new, @$_) for @list;
  check($new);
  command("sync", "-f", $new);
  rename $new, $place or die "$place: $!\n";
}

sub put {
  my ($tree, $layer, $path) = @_;
  my $to = "$tree/$path";
  if ($path ne ".") {
    index((realpath(dirname($to)) // "") . "/", realpath($tree) . "/") == 0 or die "a layer is to go out of the artifact: $path\n";
    mkdir $to or die "$to: $!\n";
  }
  command("cp", "-al", "--", "$layers/$layer/.", $to);
}

# Its layers and their paths; the first one is all but the others.
sub list {
  my ($store, $authority, $place) = @_;
  my ($artifact) = $place =~ m{([^/]+)\z};
  my $new = "$place.layers.new";
  my $script = 'new=$1; shift; "$@" >"$new" && sha256sum -- "$new"';
  open my $in, "-|", "sh", "-c", $script, "list", $new, curl("$store/artifacts/$artifact.layers", $authority) or die "sh: $!\n";
  my ($found) = (<$in> // "") =~ /([0-9a-f]{64})/;
  close $in or die "$store did not give the artifact $artifact\n";
  $found eq $artifact or die "the artifact $artifact came as another: $found\n";
  rename $new, "$place.layers" or die "$place.layers: $!\n";
  my @list = map { /^([0-9a-f]{64}) ([\w.\/\@-]+)\z/ ? [$1, $2] : die "no layer: $_\n" } split /\n/, slurp("$place.layers");
  @list && $list[0][1] eq "." or die "the artifact $artifact does not begin with what it holds\n";
  @list;
}

# Under a name of its own until it is known to be what its address says: what is unpacked is the stream whose digest is taken.
# Where nothing comes the stream ends for all of them, so that none is left waiting for another.
sub layer {
  my ($store, $authority, $digest) = @_;
  return if -d "$layers/$digest";
  my $new = "$layers/new";
  remove_tree($new);
  mkdir $new or die "$new: $!\n";
  my $script = 'new=$1; shift
    rm -f -- "$new.sum" "$new.digest" "$new.failed"
    mkfifo "$new.sum"
    sha256sum <"$new.sum" >"$new.digest" &
    { "$@" || echo >"$new.failed"; } | zstd -dcq | tee "$new.sum" | tar -x -C "$new" --no-same-owner --no-same-permissions
    wait
    [ ! -e "$new.failed" ]';
  my $ended = system("sh", "-eu", "-c", $script, "fetch", $new, curl("$store/artifacts/$digest.tar.zst", $authority));
  unlink "$new.failed";
  $ended == 0 or die "the store did not give the layer $digest\n";
  my ($found) = slurp("$new.digest") =~ /^([0-9a-f]{64})/;
  unlink "$new.sum", "$new.digest";
  ($found // "") eq $digest or die "the layer $digest came as another: " . ($found // "") . "\n";
  rename $new, "$layers/$digest" or die "$layers/$digest: $!\n";
}

# The tree holds files, directories and links within itself.
sub check {
  my ($tree) = @_;
  my $bad = '[ -z "$(find "$1" ! -type f ! -type d ! -type l -print -quit)" ] || exit 1
    [ -z "$(find "$1" -type f -perm /6000 -print -quit)" ] || exit 1
    find "$1" -type l -exec realpath -mz {} + | tr "\n\0" " \n" | tree=$(realpath "$1") awk \'index($0 "/", ENVIRON["tree"] "/") != 1 { exit 1 }\'';
  system("sh", "-c", $bad, "check", $tree) == 0 or die "the artifact holds what may not be in one: a device, a setuid file, or a link out of it\n";
}

# One at a time: two apps may be of the same layer.
sub alone {
  open my $gate, ">>", "$layers/.lock" or die "$layers/.lock: $!\n";
  flock $gate, LOCK_EX or die "$layers/.lock: $!\n";
  $gate;
}

sub prune {
  return if !-d $layers;
  my $lock = alone();
  my %used = map { ($_, 1) } map { slurp($_) =~ /^([0-9a-f]{64}) /mg } glob "/srv/apps/*/artifacts/*.layers";
  opendir my $dir, $layers or die "$layers: $!\n";
  remove_tree("$layers/$_") for grep { /^[0-9a-f]{64}\z/ && !$used{$_} } readdir $dir;
}
