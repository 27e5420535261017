# Hands what was built of a commit to the CI host of another environment, and waits until that has deployed it:
#   promote BRANCH COMMIT APP=ARTIFACT...
# Where to, by which host key, follows from the branch. Only layers that are not there yet are sent. What the other one says
# is passed on. Ends with 0 once it is deployed there, else with 1 and the reason.
use strict;
use warnings;
use File::Temp qw(tempdir);
use JSON::PP;

my $settings = "/etc/copse/ci";
my $store = "/srv/artifacts";
# Seconds that one answer may take: to a question, to a layer, and to a build there.
my ($soon, $long, $longest) = (120, 1800, 2400);
$| = 1;
umask 077;

my ($branch, $commit, @pairs) = @ARGV;
my $table = decode_json(slurp("$settings/apps.json"));
my $to = $table->{promotes}{ $branch // "" } or die "builds of " . ($branch // "") . " go nowhere\n";
@pairs && $commit =~ /\A[0-9a-f]{40}\z/ or die "promote BRANCH COMMIT APP=ARTIFACT...\n";
my %artifact = map { /\A([a-z][a-z0-9-]*)=([0-9a-f]{64})\z/ ? ($1, $2) : die "no artifact of an app: $_\n" } @pairs;
my %list = map { ($_ => slurp("$store/files/$artifact{$_}.layers")) } keys %artifact;
my %layers = map { $_ => 1 } map { /^([0-9a-f]{64}) /mg } values %list;
my $scratch = tempdir(CLEANUP => 1);

# A step that says nothing for long would be ended.
$SIG{ALRM} = sub { print "the other environment is at work\n"; alarm 300 };
alarm 300;
my @missing = grep { $layers{$_} } split /\n/, told($soon, held(join "", map { "$_\n" } sort keys %layers), "missing");
for my $layer (@missing) {
  my $file = "$store/files/$layer.tar.zst";
  told($long, $file, "layer", $layer, -s $file // die "$file: $!\n");
}
print @missing . " of " . keys(%layers) . " layers were sent\n";
for my $app (sort keys %artifact) {
  told($soon, held($list{$app}), "list", $app, $artifact{$app});
  my $report = "$store/commits/$app/$commit.xml";
  told($soon, -f $report ? $report : "/dev/null", "report", $app, $commit);
}
print told($longest, "/dev/null", "start", $branch, $commit, map { "$_=$artifact{$_}" } sort keys %artifact);

sub slurp { open my $in, "<", $_[0] or die "$_[0]: $!\n"; local $/; scalar <$in> // "" }

sub held {
  my $path = "$scratch/held";
  open my $out, ">", $path or die "$path: $!\n";
  print $out $_[0] or die "$path: $!\n";
  close $out or die "$path: $!\n";
  $path;
}

# Its host key stands in the config; none is learnt here.
sub ssh {
  my %options = (
    BatchMode => "yes", IdentitiesOnly => "yes", IdentityAgent => "none", User => "copse-promotions", Port => $to->{port},
    StrictHostKeyChecking => "yes", UserKnownHostsFile => "$settings/promotion-hosts", GlobalKnownHostsFile => "/dev/null",
    HostKeyAlias => $to->{alias}, UpdateHostKeys => "no", VerifyHostKeyDNS => "no", LogLevel => "ERROR",
    ConnectTimeout => 20, ServerAliveInterval => 15, ServerAliveCountMax => 8,
  );
  ("ssh", "-T", "-F", "/dev/null", "-i", "$settings/promotion-key", (map { ("-o", "$_=$options{$_}") } sort keys %options),
    "--", $to->{address}, "@_");
}

# What it prints, which is somebody else's text.
sub told {
  my ($seconds, $from, @words) = @_;
  my $script = 'from=$1 seconds=$2; shift 2; exec timeout -k 10 "$seconds" "$@" <"$from" 2>&1';
  open my $out, "-|", "sh", "-euc", $script, "told", $from, $seconds, ssh(@words) or die "sh: $!\n";
  my $text = "";
  while (read $out, my $part, 4096) { $text = substr "$text$part", 0, 1_000_000 }
  close $out;
  my $code = $? & 127 || $? >> 8;
  $text =~ s/[^\n -~]/?/g;
  return $text if $code == 0;
  my @lines = grep { /\S/ } split /\n/, $text;
  splice @lines, 0, @lines - 20 if @lines > 20;
  print "$_\n" for @lines;
  my $where = "$to->{address}:$to->{port}";
  die "$where did not answer within $seconds s\n" if $code == 124 || $code == 137;
  die "$where does not let the key of this environment in, shows another host key, or does not answer\n" if $code == 255;
  die "$where did not take in the build of $branch: $words[0] ended with code $code\n";
}
