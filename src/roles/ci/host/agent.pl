# Does as root what the steps of builds and pushes need, and nothing else: standard input and output are a connection that
# brings one line of these words and is told what happens; the last line is `copse-exit CODE`.
#   pushed REF COMMIT       of the account git: has builds started for a branch that has come
#   checkout BRANCH COMMIT  says what is to be built, as lines of a name and a value; `-` for the branch that deploys, and its newest
#   build APP COMMIT        has it built and tested, and remembers the artifact
#   deploy APP COMMIT       rolls that artifact out, where the branch that deploys has the commit and its tests were green
#   verify APP              asks it through its balancer
#   promote BRANCH COMMIT   hands what is green of it to another environment, where the branch goes to one and has the commit
#   accepted COMMIT         says what another environment has handed in, as checkout does (see accept.pl)
#   install APP COMMIT      rolls out what was handed in of an app
#   publish JOB BUILD COMMIT  writes down what came of the build and its tests, for the page; `-` where there is no commit
use strict;
use warnings;
use File::Path qw(make_path remove_tree);
use HTTP::Tiny;
use JSON::PP;

my $settings = "/etc/copse/ci";
my $programs = "/usr/local/lib/copse/ci";
my $store = "/srv/artifacts";
my $authority = "/etc/copse/tls/ca.crt";

my $name = qr/[a-z][a-z0-9-]{0,62}/;
my $branch = qr{[A-Za-z0-9][A-Za-z0-9._/-]{0,99}};
my $commit = qr/[0-9a-f]{40}/;

my %verbs = (
  pushed => { who => "git", words => qr{^refs/heads/($branch) ($commit)\z}, do => \&pushed },
  checkout => { who => "ci-worker", words => qr/^($branch|-) ($commit|-)\z/, do => \&checkout },
  build => { who => "ci-worker", words => qr/^($name) ($commit)\z/, do => \&build },
  deploy => { who => "ci-worker", words => qr/^($name) ($commit)\z/, do => \&deploy },
  verify => { who => "ci-worker", words => qr/^($name)\z/, do => \&verify },
  promote => { who => "ci-worker", words => qr/^($branch) ($commit)\z/, do => \&promote },
  accepted => { who => "ci-worker", words => qr/^($commit|-)\z/, do => \&accepted },
  install => { who => "ci-worker", words => qr/^($name) ($commit)\z/, do => \&install },
  publish => { who => "ci-worker", words => qr/^(rebuild|promotion) ([1-9][0-9]{0,8}) ($commit|-)\z/, do => \&publish },
);

umask 022;
$| = 1;
open STDERR, ">&", \*STDOUT or die "standard error: $!\n";
my $caller = account_of_caller();
my $table = decode_json(slurp("$settings/apps.json"));
my $said = eval { act(request()); 1 };
say_line($@) if !$said;
print "copse-exit ", ($said ? 0 : 1), "\n";

sub slurp { open my $in, "<", $_[0] or die "$_[0]: $!\n"; local $/; scalar <$in> // "" }

# Whole or not at all.
sub write_file {
  my ($path, $text) = @_;
  open my $out, ">", "$path.new" or die "$path: $!\n";
  print $out $text or die "$path: $!\n";
  close $out or die "$path: $!\n";
  rename "$path.new", $path or die "$path: $!\n";
}

# What is passed on is never taken for the end.
sub say_line {
  my ($line) = @_;
  $line =~ s/\n\z//;
  $line =~ s/^copse-exit/ copse-exit/;
  print "$line\n";
}

# The kernel says who is at the other end (SO_PEERCRED).
sub account_of_caller {
  my $peer = getsockopt(STDIN, 1, 17) or die "not a connection: $!\n";
  my (undef, $uid) = unpack "iii", $peer;
  getpwuid($uid) // $uid;
}

sub request {
  local $SIG{ALRM} = sub { die "nothing was asked\n" };
  alarm 10;
  local $/ = \512;
  my $line = <STDIN> // "";
  alarm 0;
  $line =~ s/\n\z//;
  $line;
}

sub act {
  my ($verb, $words) = split / /, $_[0], 2;
  my $known = $verbs{$verb // ""} or die "no such verb\n";
  $caller eq $known->{who} || $caller eq "root" or die "$verb is not for $caller\n";
  my @words = ($words // "") =~ $known->{words} or die "these are no words for $verb\n";
  $known->{do}->(@words);
}

# As the account that the repository belongs to: what is in there is others' work.
sub git_words {
  ("setpriv", "--reuid=git", "--regid=git", "--init-groups", "git", "--git-dir=$table->{repository}", @_);
}

# What git prints, without the last newline; undef where it fails.
sub git {
  my $pid = open my $out, "-|";
  defined $pid or die "fork: $!\n";
  if (!$pid) {
    open STDERR, ">", "/dev/null";
    open STDIN, "<", "/dev/null";
    exec git_words(@_) or exit 127;
  }
  local $/;
  my $text = <$out> // "";
  close $out or return undef;
  $text =~ s/\n\z//;
  $text;
}

# A name that git takes for a branch, and for nothing else.
sub is_branch { $_[0] !~ m{\.\.|//|/\.|\./|/\z|\.\z|\.lock(/|\z)} }

sub has_commit {
  my ($which, $commit) = @_;
  defined git("merge-base", "--is-ancestor", $commit, "refs/heads/$which");
}

# Runs a program and passes on what it prints, each line also to `$heed`; its exit code.
sub follow {
  my ($heed, @words) = @_;
  my $pid = open my $out, "-|";
  defined $pid or die "fork: $!\n";
  if (!$pid) {
    open STDIN, "<", "/dev/null";
    exec @words or exit 127;
  }
  while (my $line = <$out>) {
    $heed->($line);
    say_line($line);
  }
  close $out;
  $? >> 8 || $? & 127;
}

# A program of ours, whose trouble this is.
sub called {
  my ($trouble, $program, @words) = @_;
  follow(sub { }, "perl", "$programs/$program", @words) == 0 or die "$trouble\n";
}

sub app_named { $table->{apps}{$_[0]} // die "there is no app $_[0]\n" }

sub record_of {
  my ($app, $commit) = @_;
  "$store/commits/$app/$commit";
}

sub pushed {
  my ($which, $commit) = @_;
  die "no branch: $which\n" if !is_branch($which);
  has_commit($which, $commit) or die "$which has no commit $commit\n";
  my ($author, $subject) = split /\n/, git("show", "-s", "--format=%an <%ae>%n%s", $commit) // "", 2;
  my $password = slurp("$settings/api-password") =~ s/\s+\z//r;
  my $told = {
    branch => $which, revision => $commit, repository => "$table->{repository}", project => "",
    author => $author // "unknown", comments => $subject // "",
  };
  my $url = "http://ci:$password\@127.0.0.1:$table->{port}/change_hook/base";
  my $answer;
  # A master that has just been started is away for some seconds.
  for (1 .. 20) {
    $answer = HTTP::Tiny->new(timeout => 20, no_proxy => "127.0.0.1")->post_form($url, $told);
    last if $answer->{status} !~ /^(502|503|504|599)\z/;
    sleep 2;
  }
  $answer->{success} or die "the CI server answers $answer->{status}; nothing is built\n";
  say_line("CI builds " . substr($commit, 0, 12) . " of $which" . ($which eq $table->{branch} ? ", and deploys it" : "")
    . ($table->{promotes}{$which} ? ", and promotes it" : ""));
}

sub checkout {
  my ($which, $commit) = @_;
  $which = $table->{branch} if $which eq "-";
  die "no branch: $which\n" if !is_branch($which);
  my $newest = git("rev-parse", "--verify", "--quiet", "refs/heads/$which^{commit}")
    // die "the repository has no branch $which: nobody has pushed it\n";
  $commit = $newest if $commit eq "-";
  has_commit($which, $commit) or die "$which has no commit $commit (any more)\n";
  my $subject = git("show", "-s", "--format=%s", $commit) // "";
  say_line("commit $commit");
  say_line("branch $which");
  say_line("deploys " . ($which eq $table->{branch} ? "yes" : "no"));
  say_line("promotes " . ($table->{promotes}{$which} ? "yes" : "no"));
  say_line("subject $subject");
}

# Files of the commit alone, packed so that equal files give equal bytes.
sub pack_source {
  my ($dir, $tree) = @_;
  mkdir "$dir/tree" or die "$dir/tree: $!\n";
  system("chown", "git:git", "$dir/tree") == 0 or die "$dir/tree: not given to git\n";
  my $unpack = 'git --git-dir="$1" archive --format=tar "$2" | tar -x -f - -C "$3"';
  system("setpriv", "--reuid=git", "--regid=git", "--init-groups", "sh", "-euc", $unpack, "unpack",
    $table->{repository}, $tree, "$dir/tree") == 0 or die "the source could not be read\n";
  my $pack = 'tar -c -f - -C "$1" --format=gnu --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner \
    --mode=a-st,u=rwX,go=rX . | gzip -1n >"$2"';
  system("sh", "-euc", $pack, "pack", "$dir/tree", "$dir/source.tar.gz") == 0 or die "the source could not be packed\n";
  remove_tree("$dir/tree", { safe => 1 });
}

sub build {
  my ($app, $commit) = @_;
  my $is = app_named($app);
  my $tree = "$commit:$is->{folder}";
  defined git("cat-file", "-e", $tree) or die "$commit has no folder $is->{folder}\n";
  my $record = record_of($app, $commit);
  make_path("$store/commits/$app");
  unlink $record, "$record.xml";
  # The unit has a /var/tmp of its own, which goes with it.
  my $dir = "/var/tmp/build-$$";
  mkdir $dir or die "$dir: $!\n";
  pack_source($dir, $tree);
  write_file("$dir/app", "$app\n");
  write_file("$dir/steps", join "", map { "$_\n" } @{ $is->{steps} });
  write_file("$dir/test", "$is->{test}\n") if defined $is->{test};
  my ($artifact, $report);
  my $code = follow(sub {
    ($artifact) = $_[0] =~ /^copse-artifact ([0-9a-f]{64}) /;
    $report = $1 if $_[0] =~ m{^copse-report (\Q$store\E/reports/[0-9a-f]+\.xml)$};
  }, "perl", "$programs/build", $dir);
  remove_tree($dir, { safe => 1 });
  write_file("$record.xml", slurp($report)) if defined $report && -f $report;
  die "$app is not built\n" if $code != 0;
  die "the build of $app ended without an artifact\n" if !defined $artifact;
  write_file($record, "$artifact\n");
}

sub deploy {
  my ($app, $commit) = @_;
  app_named($app);
  has_commit($table->{branch}, $commit) or die "only $table->{branch} is deployed, and it has no commit $commit\n";
  # As releases name commits that were deployed by hand.
  called("$app is not deployed", "rollout", $app, green($app, $commit), git("rev-parse", "--short", $commit) // $commit);
}

# What was built of it, if its tests were green.
sub green {
  my ($app, $commit) = @_;
  my $record = record_of($app, $commit);
  -e $record or die "$commit of $app was not built, or its tests were not green\n";
  my ($artifact) = slurp($record) =~ /^([0-9a-f]{64})$/ or die "$record holds no artifact\n";
  $artifact;
}

sub promote {
  my ($which, $commit) = @_;
  is_branch($which) && $table->{promotes}{$which} or die "builds of $which go nowhere\n";
  has_commit($which, $commit) or die "$which has no commit $commit (any more)\n";
  my @green = map { "$_=" . green($_, $commit) } @{ $table->{running} };
  called("$commit is not promoted", "promote", $which, $commit, @green);
}

sub handed_in {
  my $path = "$store/promotions/$_[0]/promotion.json";
  $table->{accepts} && -f $path or die "no other environment has handed in $_[0]\n";
  decode_json(slurp($path));
}

sub accepted { say_line($_) for "commit $_[0]", "branch " . handed_in($_[0])->{branch} }

sub install {
  my ($app, $commit) = @_;
  app_named($app);
  my $artifact = handed_in($commit)->{artifacts}{$app};
  return say_line("nothing of $app was handed in") if !defined $artifact;
  called("$app is not deployed", "rollout", $app, $artifact, substr($commit, 0, 12));
}

# Each way in must say that it is well, and answer what its config names; its first page at least without a fault.
sub verify {
  my ($app) = @_;
  my $is = app_named($app);
  say_line("no balancer leads to $app") if !@{ $is->{urls} };
  for my $url (@{ $is->{urls} }) {
    ask("$url$_", qr/^2/) for $is->{health}, @{ $is->{checks} };
    ask("$url/", qr/^[234]/);
  }
}

sub ask {
  my ($url, $good) = @_;
  my @words = ("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--noproxy", "*", "--max-time", "10",
    (-e $authority ? ("--cacert", $authority) : ()), $url);
  my $status = "";
  # A server that was just brought back is seen by its balancer a moment later.
  for (1 .. 5) {
    open my $out, "-|", @words or die "curl: $!\n";
    $status = <$out> // "";
    close $out;
    last if $status =~ $good;
    sleep 1;
  }
  say_line("$url answers " . ($status =~ /^0*\z/ ? "nothing" : $status));
  $status =~ $good or die "$url is not well\n";
}

sub publish { called("build $_[1] of $_[0] is not published", "publish", @_) }
