# Packages of this host that another environment has in other versions. LIST has a line for each that is there: name, version.
#   differ LIST    a line for each that is another here: name, version here, wanted version, and "had" where a source has that
#   lack LIST      ends with 0 where one that is another here can be had, or nobody knows whether it can
#   take LIST      installs those, and holds none
# What is held here is left alone, and so is what only one of them has.
use strict;
use warnings;

my ($verb, $list) = @ARGV;
my %wanted = map { my ($name, $version) = split; ($name, $version) } do { open my $in, "<", $list or die "$list: $!\n"; <$in> };
my %here;
open my $known, "-|", "dpkg-query", "-W", "-f", '${db:Status-Abbrev} ${Package} ${Version}\n' or die "dpkg-query: $!\n";
while (<$known>) {
  my ($status, $name, $version) = split;
  $here{$name} = $version if $status =~ /^ii/;
}
my @others = grep { exists $here{$_} && $here{$_} ne $wanted{$_} } sort keys %wanted;


# Of these, what a source has in the wanted version.
sub had {
  my %found;
  return %found if !@_;
  open my $offers, "-|", "apt-cache", "madison", @_ or die "apt-cache: $!\n";
  while (<$offers>) {
    my ($name, $version) = map { s/^\s+|\s+$//gr } split /\|/;
    $found{$name} = 1 if ($wanted{$name} // "") eq ($version // "");
  }
  %found;
}

# Lists of an hour ago, or of other sources, do not say what there is.
my $stamp = ($ENV{COPSE_VAR} // "/var/lib/copse") . "/apt-updated";
sub is_old {
  my $at = (stat $stamp)[9] // 0;
  time - $at > 3600 || grep { ((stat)[9] // 0) > $at } "/etc/apt/sources.list", glob "/etc/apt/sources.list.d/*";
}

my %had = had(@others);
my $is_open = keys %had < @others && is_old();
if ($verb eq "differ") {
  print join(" ", $_, $here{$_}, $wanted{$_}, $had{$_} ? "had" : "gone"), "\n" for @others;
} elsif ($verb eq "lack") {
  exit(%had || $is_open ? 0 : 1);
} elsif ($verb eq "take") {
  $ENV{DEBIAN_FRONTEND} = "noninteractive";
  my @quiet = qw(-q -y -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold);
  if ($is_open) {
    system("apt-get", @quiet, qw(-o APT::Update::Error-Mode=any update)) == 0 or exit 1;
    open my $mark, ">", $stamp or die "$stamp: $!\n";
    %had = had(@others);
  }
  exec "apt-get", @quiet, qw(--no-install-recommends --no-remove --allow-downgrades install), map { "$_=$wanted{$_}" } sort keys %had if %had;
} else {
  die "no verb $verb\n";
}
