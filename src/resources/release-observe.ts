/** How the releases of apps on a host are looked at. */
import type { Observer } from './kind.ts'

/** `number`, `artifact` and `config` are of the present release, `started` is the one that the units were last started for. */
export const observeReleases: Observer = {
  perl: `my @found;
for (@_) {
  my ($app) = @$_;
  my $home = "/srv/apps/$app";
  my ($number) = (readlink("$home/current") // "") =~ m{^releases/([0-9]+)\\z} or next;
  my ($artifact) = (readlink("$home/current/app") // "") =~ m{([0-9a-f]+)\\z};
  push @found, [$app, "$home/current/env", "number=$number", "artifact=" . ($artifact // ""),
    "started=" . (slurp("$home/started") =~ s/\\n//r)];
}
if (@found) {
  open my $sums, "-|", "sha256sum", "--", map { $_->[1] } @found or die "sha256sum: $!";
  my %sums = map { /^([0-9a-f]+)  (.*)$/ ? ($2, $1) : () } <$sums>;
  close $sums;
  for (@found) {
    my ($app, $env, @fields) = @$_;
    print join("\\t", $app, @fields, "config=" . ($sums{$env} // "")), "\\n";
  }
}`,
}
