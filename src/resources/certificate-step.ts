/** The shell that puts a certificate and its key in place together, gives them away and removes them. */
import { type Shell, sh } from '../lib/shell.ts'
import type { CertificateSpec } from './certificate.ts'
import { type Step, step } from './kind.ts'
import { grant } from './on-disk.ts'
import { octal } from './words.ts'

/** Where all certificates of a host are. */
export const tlsDirectory = '/etc/copse/tls'

/** The authority, which comes with each of them. */
export const authorityPath = `${tlsDirectory}/ca.crt`

/** What programs are told to read; each is a link through `now`, which leads to the directory of the present version. */
export function placesOf(name: string): Readonly<Record<'crt' | 'key' | 'pem', string>> {
  const base = `${tlsDirectory}/${name}`
  return { crt: `${base}.crt`, key: `${base}.key`, pem: `${base}.pem` }
}

/** The key's permission bits: its group reads it where it has one of its own. */
export function keyMode({ group }: Pick<CertificateSpec, 'group'>): number {
  return group === 'root' ? 0o600 : 0o640
}

function versionsOf(name: string): string {
  return `${tlsDirectory}/.${name}`
}

/** The payloads key, crt, pem and ca are put into their places by the payload `place`. */
export function replaceCertificate(wanted: CertificateSpec): Shell {
  const { name, owner, group } = wanted
  return sh`exec perl ./place ${[tlsDirectory, name, owner, group, octal(keyMode(wanted))]}`
}

/**
 * Key, crt and pem become one version, which takes the place of the former by the renaming of one link: whoever reads, at
 * whatever moment, and whatever is killed, finds a key with its certificate. In Perl, because it would be thirty processes.
 */
export const placeCertificate = String.raw`use strict;
use Fcntl;
use IO::Handle;
my ($tls, $name, $owner, $group, $mode) = @ARGV;
my $versions = "$tls/.$name";
my $uid = (getpwnam $owner)[2] // die "there is no user $owner\n";
my $gid = (getgrnam $group)[2] // die "there is no group $group\n";
umask 022;

sub sync { open my $at, "<", $_[0] or die "$_[0]: $!\n"; $at->sync or die "$_[0]: $!\n" }
sub make { my ($path) = @_; -d $path or mkdir $path or die "$path: $!\n" }
sub clear { for (@_) { system("rm", "-rf", "--one-file-system", "--", $_) == 0 or die "$_ stays\n" } }
# What is a directory by hand cannot be renamed over.
sub move { my ($from, $to) = @_; clear($to) if -d $to && !-l $to; rename $from, $to or die "$to: $!\n" }
sub lead { my ($target, $path) = @_; clear("$path.new"); symlink $target, "$path.new" or die "$path.new: $!\n"; move("$path.new", $path) }
sub put {
  my ($from, $to, $mode, @owners) = @_;
  open my $in, "<", $from or die "$from: $!\n";
  sysopen my $out, $to, O_WRONLY | O_CREAT | O_EXCL, 0600 or die "$to: $!\n";
  my $text = do { local $/; <$in> };
  print $out $text or die "$to: $!\n";
  chown @owners, $out or die "$to: $!\n";
  chmod $mode, $out or die "$to: $!\n";
  $out->flush && $out->sync && close $out or die "$to: $!\n";
}

my $at = "";
for (grep { length } split /\//, $versions) { make($at .= "/$_") }
opendir my $all, $versions or die "$versions: $!\n";
my @former = grep { !/^(?:\.\.?|now)$/ } readdir $all;
my $version = sprintf "%x-%x", time, $$;
my $place = "$versions/$version";
clear(map { "$versions/$_" } grep { /\.new$/ || $_ eq $version } @former);
make("$place.new");
put("crt", "$place.new/crt", 0644, 0, 0);
put($_, "$place.new/$_", oct $mode, $uid, $gid) for "key", "pem";
sync("$place.new");
move("$place.new", $place);

clear("$tls/.ca.new");
put("ca", "$tls/.ca.new", 0644, 0, 0);
move("$tls/.ca.new", "$tls/ca.crt");

lead($version, "$versions/now");
sync($versions);
for my $part ("crt", "key", "pem") {
  my $target = ".$name/now/$part";
  lead($target, "$tls/$name.$part") if (readlink("$tls/$name.$part") // "") ne $target;
}
sync($tls);
clear(grep { -d && !-l } map { "$versions/$_" } @former);
`

/** The same key for others. */
export function regrant(wanted: CertificateSpec): Step {
  const { name, owner, group } = wanted
  const access = { owner, group, mode: keyMode(wanted) }
  return step(...['key', 'pem'].map((part) => grant(`${versionsOf(name)}/now/${part}`, access)))
}

/** With the last one the authority goes too. */
export function removeCertificate(key: string): Step {
  const name = new RegExp(`^${tlsDirectory}/([a-z0-9-]+)\\.crt$`).exec(key)?.[1]
  if (name === undefined) return step()
  return step(
    sh`rm -rf --one-file-system ${Object.values(placesOf(name))} ${versionsOf(name)}
others=
for one in ${tlsDirectory}/*.pem; do if [ -L "$one" ]; then others=yes; fi; done
if [ -z "$others" ]; then
  rm -f ${authorityPath} ${`${tlsDirectory}/.ca.new`}
  if [ -d ${tlsDirectory} ]; then rmdir --ignore-fail-on-non-empty ${tlsDirectory}; fi
fi`,
  )
}
