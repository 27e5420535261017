# publish JOB BUILD COMMIT: writes down what came of a build of the job `rebuild` or `promotion` and of its tests, for the page and
# for `copse ci status`: one object in pages/JOB/BUILD.json, and the newest of them as a list in pages/builds.json. The step that
# runs this is the last, so the result is that of those before it.
use strict;
use warnings;
use File::Path qw(make_path);
use HTTP::Tiny;
use JSON::PP;

my $settings = "/etc/copse/ci";
my $programs = "/usr/local/lib/copse/ci";
my $store = "/srv/artifacts";
my $listed = 100;
my $kept = 1000;
# Days that what tells of a commit stays.
my $days = 90;
my @results = qw(success warnings failure skipped exception retry cancelled);

umask 022;
my ($job, $number, $commit) = @ARGV;
my $json = JSON::PP->new->canonical->utf8;
my $table = $json->decode(slurp("$settings/apps.json"));
my $build = (asked("builders/$job/builds/$number?property=branch&property=subject")->{builds} // [])->[0]
  or die "there is no build $number of $job\n";
my @steps = @{ asked("builders/$job/builds/$number/steps")->{steps} };
my %has_run = map { $_->{name} => 1 } grep { defined $_->{results} && $_->{results} != 3 } @steps;
make_path("$store/pages/$job");
my %told = (
  job => $job, number => 0 + $number, commit => $commit eq "-" ? "" : $commit,
  branch => property("branch"), subject => property("subject"),
  result => result(), tests => tests(),
);
write_file("$store/pages/$job/$number.json", $json->encode(\%told));
list();
print "$told{tests}{passed} tests passed, $told{tests}{failed} failed, $told{tests}{skipped} were skipped\n";

sub slurp { open my $in, "<", $_[0] or die "$_[0]: $!\n"; local $/; scalar <$in> // "" }

sub write_file {
  my ($path, $text) = @_;
  open my $out, ">", "$path.new" or die "$path: $!\n";
  print $out "$text\n" or die "$path: $!\n";
  close $out or die "$path: $!\n";
  rename "$path.new", $path or die "$path: $!\n";
}

sub asked {
  my $answer = HTTP::Tiny->new(timeout => 20, no_proxy => "127.0.0.1")
    ->get("http://127.0.0.1:$table->{port}/api/v2/$_[0]", { headers => { Accept => "application/json" } });
  $answer->{success} or die "the CI server answers $answer->{status} for $_[0]\n";
  $json->decode($answer->{content});
}

# Properties are pairs of a value and where it came from.
sub property { (($build->{properties} // {})->{ $_[0] } // [])->[0] // "" }

# The first that did not go well says what the build is.
sub result {
  for (@steps) {
    return $results[$_->{results}] if defined $_->{results} && $_->{results} > 1 && $_->{results} != 3;
  }
  "success";
}

# Of the apps that this build came to; a report of an earlier build of the commit is none of its own. Of what was handed in,
# those that came along.
sub tests {
  my %sum = (passed => 0, failed => 0, skipped => 0, names => []);
  for my $app (@{ $table->{order} }) {
    my $report = $job eq "promotion" ? "$store/promotions/$commit/$app.xml" : "$store/commits/$app/$commit.xml";
    next if !$has_run{ $job eq "promotion" ? "checkout" : "build-$app" } || !-f $report;
    my $is = read_report($report) or next;
    $sum{$_} += $is->{$_} for qw(passed failed skipped);
    push @{ $sum{names} }, map { +{ app => $app, %$_ } } @{ $is->{names} };
  }
  \%sum;
}

# By an account that may do nothing, and not for long: nobody knows what is in there.
sub read_report {
  my ($path) = @_;
  open my $in, "<", $path or return undef;
  open my $out, "-|", "sh", "-c", 'exec timeout 20 setpriv --reuid=65534 --regid=65534 --clear-groups perl "$1" <"$2"',
    "junit", "$programs/junit", $path or die "sh: $!\n";
  local $/;
  my $line = <$out> // "";
  return $json->decode($line) if close $out;
  print "the report of the tests could not be read: $path\n";
  undef;
}

sub names { opendir my $dir, $_[0] or return; grep { !/^\./ } readdir $dir }

sub list {
  write_file("$store/pages/builds.json", $json->encode([map { newest($_) } qw(rebuild promotion)]));
  unlink grep { -M $_ > $days } glob "$store/commits/*/*";
}

sub newest {
  my ($of) = @_;
  my @numbers = sort { $b <=> $a } grep { s/^([0-9]+)\.json\z/$1/ } names("$store/pages/$of");
  unlink map { "$store/pages/$of/$_.json" } splice @numbers, $kept if @numbers > $kept;
  map { $json->decode(slurp("$store/pages/$of/$_.json")) } grep { defined } @numbers[0 .. $listed - 1];
}
