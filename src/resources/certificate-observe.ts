/** How certificates are looked at: what is public of them, and whether the key fits. */
import type { Observer } from './kind.ts'

/**
 * Fields: layout (`ok`, or what is not where it was put), owner, group and mode of the key, crt and ca (PEM), fits and pem
 * (`yes` or `no`). Of the key only its public half is looked at.
 */
export const observeCertificates: Observer = {
  perl: `# What stands between the lines of a PEM: base64, which differs from uuencoding by its letters.
my $der = sub {
  my ($base64) = $_[0] =~ /-----BEGIN [A-Z ]+-----\\n(.+?)-----END/s or return "";
  $base64 =~ tr{A-Za-z0-9+/}{}cd;
  $base64 =~ tr{A-Za-z0-9+/}{ -_};
  join "", map { unpack "u", chr(32 + length($_) * 3 / 4) . $_ } $base64 =~ /.{1,60}/g;
};
# A point of P-256 as both write it (RFC 5480, RFC 5915), at the end of a key. openssl needs a tenth of a second for it.
my $public = sub { $der->($_[0]) =~ /(\\x03\\x42\\x00\\x04.{64})\\z/s ? $1 : undef };
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
  my $key = $pem->("$now/key");
  my $point = $public->($key);
  my $fits = defined $point && index($der->($crt), $point) >= 0 ? "yes" : "no";
  my $both = $pem->("$now/pem") eq $crt . $key ? "yes" : "no";
  ($crt, $ca) = map { /[^\\n -~]/ ? "" : enc($_) } $crt, $ca;
  print join("\\t", $_->[0], "layout=$layout", "owner=$owner", "group=$group", "mode=$mode", "crt=$crt", "ca=$ca", "fits=$fits", "pem=$both"), "\\n";
}`,
}
