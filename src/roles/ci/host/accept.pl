#!/usr/bin/perl
# What the key of another environment's CI host may have done on this one, and nothing else: sshd starts this for the account
# copse-promotions, as root by sudo, whatever the client asked for; that stands in SSH_ORIGINAL_COMMAND. APP must run here.
#   missing                               says which of the layers on standard input, a digest a line, are not here
#   layer DIGEST BYTES                    takes in a layer, compressed by zstd
#   list APP ARTIFACT                     takes in what an artifact is made of; its layers are here
#   report APP COMMIT                     takes in what the app's tests left
#   start BRANCH COMMIT APP=ARTIFACT...   has these deployed, and says what came of it
# What is taken in stands on standard input. No program of ours sees it as root before its digest is known to be right.
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use Fcntl qw(:flock);
use File::Path qw(remove_tree);
use JSON::PP;

my $settings = "/etc/copse/ci";
my $store = "/srv/artifacts";
my $files = "$store/files";
my $home = "$store/promotions";
my $gib = 1024 ** 3;
# Bytes that a layer may have, and that must stay free.
my ($largest, $unpacked, $spare) = ($gib, 4 * $gib, $gib / 4);
my ($longest_list, $longest_report) = (1024 ** 2, 10_000_000);
# Seconds until standard input must have ended, and until another of these must.
my ($intake, $patience) = (1800, 30);
# Seconds that a build here may take, with those that it waits for others.
my $deployed = 2100;
my $kept = 200;
umask 022;
# What began is ended, also when the client has gone.
$SIG{$_} = "IGNORE" for qw(HUP PIPE);
$SIG{ALRM} = sub { give_up("what was to be taken in did not come in time") };

my $digest = qr/[0-9a-f]{64}/;
my $commit = qr/[0-9a-f]{40}/;
my $app = qr/[a-z][a-z0-9-]{0,62}/;
my $branch = qr{[A-Za-z0-9][A-Za-z0-9._/-]{0,99}};
my %verbs = (
  missing => { words => qr/()/, do => \&missing },
  layer => { words => qr/($digest) ([1-9][0-9]{0,12})/, do => \&layer, changes => 1 },
  list => { words => qr/($app) ($digest)/, do => \&list, changes => 1 },
  report => { words => qr/($app) ($commit)/, do => \&report, changes => 1 },
  start => { words => qr/($branch) ($commit)((?: $app=$digest){1,100})/, do => \&start, changes => 1 },
);

my $said = $ENV{SSH_ORIGINAL_COMMAND} // "";
my ($verb, $words) = $said =~ /\A([a-z]+)(?: ([ -~]+))?\z/ or refuse("this key may not have that done here");
my $known = $verbs{$verb} or refuse("this key may not have that done here");
my @words = ($words // "") =~ /\A$known->{words}\z/ or refuse("this key may not have that done here");
my $table = decode_json(slurp("$settings/apps.json"));
$table->{accepts} or refuse("builds of other environments are not taken in here");
my %runs = map { $_ => 1 } @{ $table->{running} };
note($said) if $known->{changes};
my $lock = $known->{changes} ? take_lock() : undef;
$known->{do}->(@words);
exit 0;

sub refuse {
  note("refused: $said");
  print STDERR "refused: $_[0]\n";
  exit 64;
}

sub give_up {
  note("failed: $_[0]");
  print STDERR "$_[0]\n";
  exit 1;
}

# One line of the journal, whatever was said.
sub note {
  my ($text) = @_;
  $text =~ s/[^ -~]/?/g;
  system "logger", "-t", "copse-promotions", "-p", "auth.notice", "--", substr($text, 0, 300);
}

sub slurp { open my $in, "<", $_[0] or die "$_[0]: $!\n"; local $/; scalar <$in> // "" }

# Whole or not at all, also when the power goes.
sub write_file {
  my ($path, $text) = @_;
  open my $out, ">", "$path.new" or die "$path: $!\n";
  print $out $text or die "$path: $!\n";
  close $out or die "$path: $!\n";
  system("sync", "$path.new") == 0 or die "$path: not synced\n";
  rename "$path.new", $path or die "$path: $!\n";
}

# One at a time; it is held until this ends.
sub take_lock {
  open my $lock, ">>", "$home/.lock" or die "$home/.lock: $!\n";
  for (my $tries = 20 * $patience; !flock $lock, LOCK_EX | LOCK_NB; $tries--) {
    give_up("another build is being taken in") if $tries <= 0;
    select undef, undef, undef, 0.05;
  }
  $lock;
}

# Standard input to its end, handed on in pieces.
sub receive {
  my ($most, $take) = @_;
  my $bytes = 0;
  alarm $intake;
  while (sysread STDIN, my $part, 65536) {
    $bytes += length $part;
    give_up("more came than $most bytes") if $bytes > $most;
    $take->($part);
  }
  alarm 0;
  $bytes;
}

sub received {
  my ($most) = @_;
  room($most);
  my $text = "";
  receive($most, sub { $text .= $_[0] });
  $text;
}

sub room {
  my ($bytes) = @_;
  my ($free) = qx(df --output=avail -B1 '$store') =~ /([0-9]+)\s*\z/;
  give_up("there is no room here for $bytes bytes more") if !$free || $free < $bytes + $spare;
}

# It is not pruned while it is wanted.
sub has_layer { utime undef, undef, "$files/$_[0].tar.zst" }

sub runs_here { $runs{$_[0]} or refuse("no app $_[0] runs here") }

sub missing {
  print map { "$_\n" } grep { /\A$digest\z/ && !has_layer($_) } split /\n/, received($longest_list);
}

# Under a name of its own until it is known to be what it is said to be; an account without rights unpacks it for that.
sub layer {
  my ($is, $bytes) = @_;
  give_up("a layer of $bytes bytes is too large") if $bytes > $largest;
  room($bytes);
  unlink glob "$files/.*.accepted";
  my $new = "$files/.$is.accepted";
  open my $out, ">", $new or die "$new: $!\n";
  my $came = receive($bytes, sub { print $out $_[0] or die "$new: $!\n" });
  close $out or die "$new: $!\n";
  my $script = 'setpriv --reuid=65534 --regid=65534 --clear-groups timeout 600 zstd -dcq <"$1" | head -c "$2" | sha256sum';
  open my $in, "-|", "sh", "-euc", $script, "digest", $new, $unpacked or die "sh: $!\n";
  my ($found) = (<$in> // "") =~ /^($digest)/;
  close $in;
  if ($came != $bytes || ($found // "") ne $is) {
    unlink $new;
    give_up("the layer $is came as another");
  }
  system("sync", $new) == 0 && rename $new, "$files/$is.tar.zst" or die "$new: not kept\n";
}

# The first layer is all but the others, which go into it.
sub list {
  my ($of, $artifact) = @_;
  runs_here($of);
  my $text = received($longest_list);
  sha256_hex($text) eq $artifact or give_up("what $artifact is made of came as another");
  my @lines = split /\n/, $text;
  /\A$digest [\w.\/\@-]+\z/ && !m{ /|(?:[ /])\.\.(?:/|\z)} or give_up("$artifact has a line that is no layer") for @lines;
  @lines && $lines[0] =~ / \.\z/ or give_up("$artifact does not begin with what it holds");
  has_layer(substr $_, 0, 64) or give_up("a layer of $artifact is not here") for @lines;
  write_file("$files/$artifact.layers", $text);
}

# Nobody knows what is in there: it is only ever read by an account without rights.
sub report {
  my ($of, $at) = @_;
  runs_here($of);
  my $text = received($longest_report);
  forget();
  mkdir "$home/$at";
  write_file("$home/$at/$of.xml", $text);
}

sub forget {
  my @all = sort { -M $a <=> -M $b } grep { m{/$commit\z} } glob "$home/*";
  remove_tree(splice @all, $kept - 1) if @all >= $kept;
}

sub start {
  my ($from, $at, $pairs) = @_;
  my %artifacts = $pairs =~ / ($app)=($digest)/g;
  runs_here($_) for sort keys %artifacts;
  utime undef, undef, "$files/$_.layers" or give_up("the artifact $_ is not here") for values %artifacts;
  mkdir "$home/$at";
  write_file("$home/$at/promotion.json", JSON::PP->new->canonical->encode({ branch => $from, artifacts => \%artifacts }));
  build($from, $at);
}

# It is one of this CI server like any other, and goes on where the client has gone; its page tells of it too.
sub build {
  open STDIN, "<", "/dev/null" or die "/dev/null: $!\n";
  open my $out, "-|", "ci-run", "promotion", $deployed, @_ or die "ci-run: $!\n";
  my $is = eval { decode_json(<$out> // "") };
  my $ended = close $out;
  give_up("the build that deploys it did not end") if !$is || !$is->{number};
  my $what = "build $is->{number} of the job promotion";
  give_up("$what is red: $is->{step}: " . ($is->{line} =~ s/[^ -~]/?/gr)) if defined $is->{step};
  give_up("$what: $is->{result}") if !$ended;
  print "$what is green\n";
}
