/** How certificates are looked at: what is public of them, and whether the key fits. */
import type { Observer } from './kind.ts'

/**
 * Fields: layout (`ok`, or what is not where it was put), owner, group and mode of the key, crt and ca (PEM), fits and pem
 * (`yes` or `no`). Of the key only its public half is looked at.
 */
export const observeCertificates: Observer = {
  perl: `my $public = sub {
  open my $out, "-|", "sh", "-c", 'exec openssl "$@" 2>/dev/null </dev/null', "sh", @_ or return "";
  local $/;
  my $text = <$out>;
  close $out;
  $text // "";
};
my $pem = sub { -f $_[0] && (-s _) < 65536 ? slurp($_[0]) : "" };
for (@_) {
  my ($tls, $name) = $_->[0] =~ m{^(/.+)/([^/]+)\\.crt$} or next;
  my $now = "$tls/.$name/now";
  my @links = map { "$tls/$name.$_" } qw(crt key pem);
  next unless grep { lstat $_ } @links, "$tls/.$name";
  my $layout = "ok";
  for my $end (qw(pem key crt)) {
    $layout = "$name.$end" if (readlink("$tls/$name.$end") // "") ne ".$name/now/$end" || -l "$now/$end" || !-f "$now/$end";
  }
  my ($owner, $group, $mode) = ("", "", "");
  if (my (undef, undef, $bits, undef, $uid, $gid) = lstat "$now/key") {
    ($owner, $group, $mode) = (getpwuid($uid) // $uid, getgrgid($gid) // $gid, sprintf "%04o", $bits & 07777);
    my (undef, undef, $other, undef, $owns, $shares) = lstat "$now/pem";
    $mode = "of $name.pem is another" if $layout eq "ok" && "$other $owns $shares" ne "$bits $uid $gid";
  }
  my ($crt, $ca) = map { $pem->($_) } "$now/crt", "$tls/ca.crt";
  my $key = $public->("pkey", "-in", "$now/key", "-pubout");
  my $fits = $key ne "" && $key eq $public->("x509", "-in", "$now/crt", "-noout", "-pubkey") ? "yes" : "no";
  my $both = $pem->("$now/pem") eq $crt . $pem->("$now/key") ? "yes" : "no";
  ($crt, $ca) = map { /[^\\n -~]/ ? "" : enc($_) } $crt, $ca;
  print join("\\t", $_->[0], "layout=$layout", "owner=$owner", "group=$group", "mode=$mode", "crt=$crt", "ca=$ca", "fits=$fits", "pem=$both"), "\\n";
}`,
}
