#!/usr/bin/perl
# alert JOURNALS ECOSYSTEM ENVIRONMENT SELF HOST...: tells once of each probe that is red for the second time in a row, once
# when it is so no longer, and the same of hosts that no longer say what they found. It reads what hosts said last (see
# monitor): of itself in its own journal, of others in the ones that they brought. Who is told are the files beside it in
# /etc/copse/alert: `webhook` and `mail` (settings of curl) and `command` (a program). Each is remembered by itself what it was told, in
# `state` where this is started: who could not be told is told later.
use strict;
use warnings;

my ($journals, $ecosystem, $environment, $self, @hosts) = @ARGV;
my $settings = "/etc/copse/alert";
# Hosts ask each minute, and say so at the end of that; this is long enough to be sure.
my $patience = 180;
my $now = time;
my ($watching, %told) = remembered();
my %found = map { $_ => last_run($_) } @hosts;
my ($failed, $letters) = (0, 0);

for my $channel (grep { -e "$settings/$_" } qw(webhook mail command)) {
  my $known = $told{$channel} //= {};
  # What is no longer in the definition is forgotten.
  for my $key (keys %$known) { delete $known->{$key} unless exists $found{$known->{$key}{host}} }
  for my $host (@hosts) { attend($channel, $known, $host) }
}
keep();
exit $failed;

sub attend {
  my ($channel, $known, $host) = @_;
  my $run = $found{$host};
  # Who has never said anything is not watched.
  return unless $run->{at};
  my $silence = { host => $host, probe => "", from => $host, to => $host, since => $run->{at}, detail => "no reports of monitoring" };
  # What came while nobody looked is no silence.
  my $begin = $run->{at} > $watching ? $run->{at} : $watching;
  if ($now - $begin > $patience) { settle($channel, $known, "red", $silence); return }
  return if $now - $run->{at} > $patience;
  settle($channel, $known, "green", $silence);
  my %red = map { key($_) => $_ } @{$run->{red}};
  settle($channel, $known, "red", $_) for grep { $_->{times} >= 2 } map { $red{$_} } sort keys %red;
  settle($channel, $known, "green", $_) for grep { $_->{host} eq $host && $_->{probe} ne "" && !$red{key($_)} } map { $known->{$_} } sort keys %$known;
}

sub key { join "\t", @{$_[0]}{qw(host probe from to)} }

sub settle {
  my ($channel, $known, $state, $what) = @_;
  my $key = key($what);
  return if ($state eq "red") == exists $known->{$key};
  if (!deliver($channel, $state, $known->{$key} // $what)) { $failed = 1; return }
  if ($state eq "red") { $known->{$key} = $what } else { delete $known->{$key} }
  # What was told is remembered at once, whatever becomes of the rest.
  keep();
}

sub words_of {
  my ($state, $what) = @_;
  my ($host, $probe, $from, $to, $detail) = @$what{qw(host probe from to detail)};
  my $green = $state eq "green";
  return "$environment: $host " . ($green ? "reports again" : "has stopped to report") if $probe eq "";
  my $about = $from eq $to ? "$probe of $to" : "$probe of $to from $from";
  return "$environment: $about is " . ($green ? "green again" : "red: $detail");
}

sub deliver {
  my ($channel, $state, $what) = @_;
  my $text = words_of($state, $what);
  my @time = gmtime $what->{since};
  my $since = sprintf "%04d-%02d-%02dT%02d:%02d:%02dZ", $time[5] + 1900, $time[4] + 1, @time[3, 2, 1, 0];
  my %field = (
    text => $text, ecosystem => $ecosystem, environment => $environment, state => $state, since => $since,
    map { $_ => $what->{$_} } qw(host probe from to detail),
  );
  my $json = '{"version":1,' . join(",", map { json($_) . ":" . json($field{$_}) } sort keys %field) . "}\n";
  local %ENV = (%ENV, map { uc "COPSE_$_" => $field{$_} } keys %field);
  my @curl = ("curl", "-sS", "--fail", "-o", "/dev/null", "--max-time", "10", "-K", "$settings/$channel");
  my @program = $channel eq "command" ? ("timeout", "30", "$settings/command")
    : $channel eq "mail" ? (@curl, "--upload-file", "-")
    : (@curl, "-H", "Content-Type: application/json", "--data-binary", '@-');
  # One that does not read what it is given has still been told.
  local $SIG{PIPE} = sub { };
  open my $in, "|-", @program or return 0;
  print $in $channel eq "mail" ? letter(\%field) : $json;
  my $ok = close($in) || $? == 0;
  print STDERR $ok ? "<5>told the $channel: $text\n" : "<4>could not tell the $channel: $text\n";
  return $ok;
}

# As RFC 5322 wants it; what is not plain stands in the body alone.
sub letter {
  my ($field) = @_;
  my ($from, @to) = addresses();
  my @time = gmtime $now;
  my $date = sprintf "%s, %d %s %d %02d:%02d:%02d +0000", (qw(Sun Mon Tue Wed Thu Fri Sat))[$time[6]], $time[3],
    (qw(Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec))[$time[4]], $time[5] + 1900, @time[2, 1, 0];
  my $subject = substr $field->{text} =~ tr/\x20-\x7e/?/csr, 0, 200;
  my $body = join "", map { "$_: $field->{$_}\n" } qw(text state since host probe from to detail);
  my $text = join "\n", "From: $from", "To: " . join(", ", @to), "Subject: [$field->{ecosystem}] $subject", "Date: $date",
    sprintf("Message-ID: <%d.%d.%d\@%s>", $now, $$, ++$letters, $self), "Auto-Submitted: auto-generated", "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit", "", $body;
  return $text =~ s/\r?\n/\r\n/gr;
}

sub addresses {
  open my $in, "<", "$settings/mail" or die "mail: $!\n";
  my $text = join "", <$in>;
  return ($text =~ /^mail-from = "(.*)"$/m, $text =~ /^mail-rcpt = "(.*)"$/mg);
}

sub json {
  my ($text) = @_;
  $text =~ s/(["\\])/\\$1/g;
  $text =~ s/([\x00-\x1f])/sprintf "\\u%04x", ord $1/ge;
  return "\"$text\"";
}

# When the host said what it found, and what was red then. The last line is enough: it says all.
sub last_run {
  my ($host) = @_;
  my @where = $host eq $self ? () : "--file=$journals/$host\[.@]*journal";
  my @match = ("SYSLOG_IDENTIFIER=copse-monitor", "COPSE_MONITOR=run");
  open my $in, "-|", "journalctl", "--quiet", @where, "--lines=1", "--output=export", @match or die "journalctl: $!\n";
  my %run = (at => 0, red => []);
  while (defined(my $line = <$in>)) {
    chomp $line;
    my ($name, $value) = split /=/, $line, 2;
    if (!defined $value && $line ne "") {
      # What is no plain text comes with its length before it.
      read $in, my $length, 8;
      read $in, $value, unpack "Q<", $length;
      <$in>;
    }
    $run{at} = int($value / 1_000_000) if $name && $name eq "__REALTIME_TIMESTAMP";
    push @{$run{red}}, red($host, $value) if $name && $name eq "COPSE_IS_RED";
  }
  close $in;
  return \%run;
}

sub red {
  my ($host, $value) = @_;
  my %red = (host => $host);
  @red{qw(times since probe from to detail)} = split /\t/, $value, 6;
  $red{since} =~ /^\d+\z/ or $red{since} = $now;
  return \%red;
}

# Since when it looks at these hosts without a break, and what each was told.
sub remembered {
  open my $in, "<", "state" or return ($now);
  chomp(my $times = <$in> // "0 0");
  my ($watching, $last, @known) = split / /, $times;
  my %told;
  while (<$in>) {
    chomp;
    my ($channel, %what);
    ($channel, @what{qw(host probe from to since detail)}) = split /\t/, $_, 7;
    $told{$channel}{key(\%what)} = \%what;
  }
  my $is_same = "@known" eq "@hosts" && $now - $last <= 90;
  return ($is_same ? $watching : $now, %told);
}

sub keep {
  open my $out, ">", "state.new" or die "state: $!\n";
  print $out "$watching $now @hosts\n";
  for my $channel (sort keys %told) {
    print $out join("\t", $channel, @$_{qw(host probe from to since detail)}), "\n" for values %{$told{$channel}};
  }
  close $out or die "state: $!\n";
  rename "state.new", "state" or die "state: $!\n";
}
