/** How the releases of apps on a host are looked at. */
import type { Observer } from './kind.ts'

/**
 * `number`, `artifact` and `config` are of the present release. `started` is what the units were last started for: a release
 * and the digest of their files, and `inputs` is that digest now. `down` are units that do not run or are not enabled.
 */
export const observeReleases: Observer = {
  perl: `my (@found, %units);
for (@_) {
  my ($app, $hint) = @$_;
  my $home = "/srv/apps/$app";
  my ($number) = (readlink("$home/current") // "") =~ m{^releases/([0-9]+)\\z} or next;
  my ($artifact) = (readlink("$home/current/app") // "") =~ m{([0-9a-f]+)\\z};
  my ($units, $files) = map { [split / /, $_ // ""] } (split /\\|/, $hint)[0, 1];
  push @found, { app => $app, units => $units, files => [grep { -e } @$files], env => "$home/current/env",
    fields => ["number=$number", "artifact=" . ($artifact // ""), "started=" . slurp("$home/started") =~ s/\\n//r] };
  $units{"$_.service"} = 1 for @$units;
}
if (@found) {
  open my $sums, "-|", "sha256sum", "--", map { ($_->{env}, @{$_->{files}}) } @found or die "sha256sum: $!";
  my %sum = map { /^([0-9a-f]+)  (.*)$/ ? ($2, $1) : () } <$sums>;
  close $sums;
  my %is_up;
  if (%units) {
    open my $states, "-|", "systemctl", "show", "-p", "Id,ActiveState", "--", keys %units or die "systemctl: $!";
    local $/ = "";
    for (<$states>) { $is_up{/^Id=(.*)$/m ? $1 : ""} = /^ActiveState=active$/m }
    close $states;
  }
  for (@found) {
    my @down = grep { !$is_up{"$_.service"} || !-l "/etc/systemd/system/multi-user.target.wants/$_.service" }
      @{$_->{units}};
    my $inputs = join "", map { substr $sum{$_} // "", 0, 8 } @{$_->{files}};
    print join("\\t", $_->{app}, @{$_->{fields}}, "config=" . ($sum{$_->{env}} // ""), "inputs=$inputs", "down=@down"), "\\n";
  }
}`,
}
