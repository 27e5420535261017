# How dumps go to the host that keeps them, and come back. curl reads the password from a file that only root may read.
use strict;
use warnings;
use Digest::SHA;
use JSON::PP;

our $home;
# host, url, age (hours).
our %keeper = map { split /\t/ } split /\n/, slurp("$home/keeper");

sub curl { ("curl", "-sS", "--fail", "--noproxy", "*", "-K", "$home/keeper.curl", "--connect-timeout", "10", @_) }

# Passes on what a stream holds, and tells what that was.
sub measure {
  my ($from, $to) = @_;
  binmode $from;
  my ($sha, $bytes) = (Digest::SHA->new(256), 0);
  while (my $size = read $from, my $block, 1 << 18) {
    $bytes += $size;
    $sha->add($block);
    $to->($block);
  }
  {bytes => $bytes, sha256 => $sha->hexdigest};
}

sub send_file {
  my ($from, $name) = @_;
  local $SIG{PIPE} = "IGNORE";
  open my $in, "|-", curl("-T", "-", "$keeper{url}/in/$name") or die "curl: $!\n";
  binmode $in;
  my $sent = measure($from, sub { print $in $_[0] });
  close $in or die "$keeper{host} did not take $name\n";
  $sent;
}

sub send_text { my ($text, $name) = @_; open my $from, "<", \$text or die "$!\n"; send_file($from, $name) }

sub fetch_file {
  my ($name, $to) = @_;
  open my $from, "-|", curl("$keeper{url}/kept/$name") or die "curl: $!\n";
  my $got = measure($from, $to);
  # curl's codes: 18 is a transfer that ended early, which its length shows too.
  close $from or $? >> 8 == 18 or die "$keeper{host} did not give back " . ($name || "what it keeps") . "\n";
  $got;
}

sub fetch_text { my ($name) = @_; my $text = ""; fetch_file($name, sub { $text .= $_[0] }); $text }

# The names of a database's dumps, newest first.
sub kept {
  my ($database) = @_;
  my @names = map { $_->{name} =~ /^(\Q$database\E\.[^.]+)\.manifest$/ ? $1 : () } @{decode_json(fetch_text(""))};
  reverse sort @names;
}

sub manifest_of {
  my ($dump) = @_;
  my %manifest = (tables => []);
  for (split /\n/, fetch_text("$dump.manifest")) {
    my ($field, $value) = split /\t/, $_, 2;
    if ($field eq "table") { push @{$manifest{tables}}, $value } else { $manifest{$field} = $value }
  }
  for (qw(time bytes sha256)) { die "the manifest of $dump does not say its $_\n" if ($manifest{$_} // "") eq "" }
  \%manifest;
}

# It looks at what has come in before it keeps it: two minutes are enough for that, and longer for what is large.
sub wait_until_kept {
  my ($dump, $bytes) = @_;
  my $end = time + 120 + $bytes / 10_000_000;
  for (my $tries = 0; time < $end; $tries++) {
    my %there = map { $_->{name} => 1 } @{decode_json(fetch_text(""))};
    return if $there{"$dump.manifest"};
    die "$keeper{host} refused $dump: " . fetch_text("$dump.refused") if $there{"$dump.refused"};
    select undef, undef, undef, $tries < 50 ? 0.1 : 1;
  }
  die "$keeper{host} has taken $dump and does not keep it: see its copse-backups-accept\n";
}

# While an environment is made it may come up later than this host.
sub wait_for_keeper {
  my ($seconds) = @_;
  my $end = time + $seconds;
  while (system(curl("-o", "/dev/null", "--silent", "--no-show-error", "$keeper{url}/kept/"))) {
    die "$keeper{host} keeps no dumps: it does not answer at $keeper{url}\n" if time > $end;
    sleep 1;
  }
}

1;
