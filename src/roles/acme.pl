# Has a balancer's public names certified by an ACME server, and HAProxy use what is issued.
#   acme.pl       asks where it is time to: nothing was issued yet, or for other names or by another server, or a third of
#                 its life is left; not where that failed four times within an hour
#   acme.pl due   ends with 0 where that would ask
#   acme.pl now   asks, whatever there is
# Its settings have a line for each: `directory`, `email` or `name`, and the value; TAB between. It ends with 0 also where
# nothing was issued: `said` then holds why, in one line, and probes tell it.
use strict;
use warnings;
use Fcntl qw(:flock);
use IO::Handle;
use IO::Socket::UNIX;

$SIG{PIPE} = "IGNORE";
umask 077;
my $settings = "/etc/copse/acme";
my $authority = "/etc/copse/acme-authority.pem";
my $home = "/var/lib/copse-acme";
my $served = "$home/served/balancer.pem";
my $door = "/run/haproxy/admin.sock";
# Where HAProxy leads what the authority asks; only root can listen there.
my $responder = "127.0.0.1:402";
# Seconds that the client may take.
my $patience = 80;

my ($verb) = (@ARGV, "");
$verb =~ /^(?:due|now|)\z/ or die "the verbs are due and now\n";
my %value;
for (split /\n/, text($settings)) {
  my ($key, $value) = split /\t/;
  push @{$value{$key}}, $value;
}
my ($directory, $email) = map { $value{$_}[0] // die "$settings names no $_\n" } qw(directory email);
my @names = @{$value{name} // []} or die "$settings has no names\n";
my $wanted = join "", map { "$_\n" } $directory, @names;

exit(is_due() ? 0 : 1) if $verb eq "due";
open my $lock, ">>", "$home/lock" or die "$home/lock: $!\n";
flock $lock, LOCK_EX or die "$home/lock: $!\n";
obtain() if $verb eq "now" || is_due();

sub text {
  my ($path) = @_;
  open my $in, "<", $path or return "";
  local $/;
  scalar <$in> // "";
}

# HAProxy would not start with a file that is cut off, nor with one that it finds half written beside it.
sub put {
  my ($path, $text) = @_;
  my $new = "$home/.new";
  open my $out, ">", $new or die "$new: $!\n";
  print $out $text or die "$new: $!\n";
  $out->flush && $out->sync && close $out or die "$new: $!\n";
  rename $new, $path or die "$path: $!\n";
}

sub is_due {
  return 0 if failures() >= 4;
  return 1 if !-e $served || text("$home/asked") ne $wanted;
  my ($from, $until) = map { seconds($_) } qw(startdate enddate);
  time > $until - ($until - $from) / 3;
}

sub seconds {
  my ($which) = @_;
  open my $shown, "-|", "openssl", "x509", "-noout", "-$which", "-in", $served or die "openssl: $!\n";
  my ($date) = (<$shown> // "") =~ /=(.+)/ or return 0;
  open my $told, "-|", "date", "-u", "-d", $date, "+%s" or die "date: $!\n";
  int(<$told> // 0);
}

# Authorities take no more than five failures of a name within an hour.
sub failures { scalar grep { $_ > time - 3600 } split /\n/, text("$home/failures") }

sub obtain {
  my ($code, $said) = ask();
  # An authority that forgot the account, or was made anew, gets another one.
  if ($code != 0 && $said =~ /accountDoesNotExist/) {
    system "rm", "-rf", "$home/lego/accounts";
    ($code, $said) = ask();
  }
  return fail($said) if $code != 0;
  my $base = "$home/lego/certificates/$names[0]";
  my ($chain, $key, $issuers) = map { text("$base.$_") } qw(crt key issuer.crt);
  return fail("the client was well, but left no certificate") if $chain eq "" || $key eq "";
  # One without issuers is its own.
  put("$home/issuers.pem", $issuers eq "" ? $chain : $issuers);
  put($served, "$chain$key" =~ s/\n{2,}/\n/gr);
  put("$home/asked", $wanted);
  unlink "$home/failures", "$home/said";
  show();
  print "<5>$directory issued a certificate for ", join(", ", @names), "\n";
}

# Its exit code, and what it said last.
sub ask {
  local $ENV{LEGO_CA_CERTIFICATES} = $authority if -e $authority;
  my @lego = ("lego", "--accept-tos", "--server", $directory, "--email", $email, "--path", "$home/lego",
    "--http", "--http.port", $responder, "--http-timeout", "15", map { ("--domains", $_) } @names);
  my $client = open(my $out, "-|") // die "fork: $!\n";
  if ($client == 0) {
    open STDERR, ">&", \*STDOUT;
    exec "timeout", $patience, @lego, "run" or die "timeout: $!\n";
  }
  my @lines = <$out>;
  close $out;
  my $code = $? >> 8;
  # What it ends with begins at the last line that has a time and is no mere information.
  my ($end) = grep { $lines[$_] =~ m{^\d{4}/\d\d/\d\d [\d:]+ (?!\[(?:INFO|WARN)\])} } reverse 0 .. $#lines;
  my $said = join " ", map { s{^\d{4}/\d\d/\d\d [\d:]+ }{}r =~ s/\s+/ /gr =~ s/^ | $//gr } @lines[($end // 0) .. $#lines];
  $said = "the client had no answer within $patience s" . ($said eq "" ? "" : ": $said") if $code == 124;
  ($code, $said eq "" ? "the client ended with code $code" : substr $said =~ tr/\x20-\x7e/?/cr, 0, 700);
}

sub fail {
  my ($said) = @_;
  put("$home/said", "$said\n");
  put("$home/failures", join "", map { "$_\n" } (grep { $_ > time - 3600 } split /\n/, text("$home/failures")), time);
  print "<4>no certificate for ", join(", ", @names), ": $said\n";
}

# HAProxy changes what it has in memory; the first one makes it read all its files again, which keeps connections too.
sub show {
  return if !-e $door;
  my $pem = text($served);
  my $taken = order("set ssl cert $served <<\n$pem\n") && order("commit ssl cert $served\n");
  return if $taken =~ /^Success!$/m;
  system("systemctl", "reload", "haproxy") == 0 or die "HAProxy could not be reloaded\n";
}

sub order {
  my ($what) = @_;
  my $socket = IO::Socket::UNIX->new(Peer => $door, Timeout => 5) or return "";
  print $socket $what;
  local $/;
  my $said = <$socket> // "";
  $said =~ /^(?:Transaction|Committing)/ ? $said : "";
}
