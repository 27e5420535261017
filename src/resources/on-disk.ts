/** What the kinds that stand at a path share: how they are looked at, written without races and given away. */
import { extname, posix } from 'node:path'
import { sha256 } from '../lib/digest.ts'
import { type Shell, sh } from '../lib/shell.ts'
import type { Found, Observer } from './kind.ts'
import { absolutePath, accountName, octal } from './words.ts'

/** Where something can stand: a path other than the root, as long as the kernel takes them. */
export const standingPath = absolutePath
  .refine((path) => path !== '/', 'must not be the root directory')
  .refine(isShort, 'must have at most 255 bytes between two slashes and 4000 in all')

function isShort(path: string): boolean {
  const bytes = (text: string) => Buffer.byteLength(text)
  return bytes(path) <= 4000 && path.split('/').every((name) => bytes(name) <= 255)
}

/** Whose something is. */
export const ownership = { owner: accountName.default('root'), group: accountName.default('root') }

/** Owner, group and permission bits of what stands at a path. */
export interface Access {
  readonly owner: string
  readonly group: string
  readonly mode: number
}

/**
 * An observer for the kinds that stand at a path: type, owner, group, mode and a link's target of each path at which
 * something stands. `more` is Perl that may add to the `fields` of each of `@things`; it has their `path`, `hint`, `type`
 * and `size`.
 */
export function observePaths(more = ''): Observer {
  const perl = `my %types = (0100000, "file", 0040000, "directory", 0120000, "link", 0010000, "fifo", 0140000, "socket");
my (%users, %groups, @things);
for (@_) {
  my ($path, $hint) = @$_;
  my (undef, undef, $mode, undef, $uid, $gid, undef, $size) = lstat $path or next;
  my $type = $types{$mode & 0170000} // "device";
  my $owner = $users{$uid} //= getpwuid $uid // $uid;
  my $group = $groups{$gid} //= getgrgid $gid // $gid;
  my @fields = ("type=$type", "owner=$owner", "group=$group", sprintf "mode=%04o", $mode & 07777);
  push @fields, "target=" . enc(readlink $path) if $type eq "link";
  push @things, { path => $path, hint => $hint, type => $type, size => $size, fields => \\@fields };
}
${more}print join("\\t", $_->{path}, @{$_->{fields}}), "\\n" for @things;`
  return { perl }
}

/** What differs in type, owner, group and mode, found against wanted. */
export function differences({ owner, group, mode }: Access, found: Found): readonly string[] {
  return Object.entries({ owner, group, mode: octal(mode) }).flatMap(([name, value]) =>
    found[name] === value ? [] : [`${name} ${found[name]}, wanted ${value}`],
  )
}

/** The directory that a path is an entry of. */
export function parentOf(path: string): string {
  return posix.dirname(path)
}

/**
 * The name under which what will stand at a path is made: hidden, beside it, the same each time, so that a
 * later run clears what a power cut left. It keeps a plain extension, which some validators look at.
 */
export function temporaryOf(path: string): string {
  const extension = extname(path)
  const kept = /^\.[A-Za-z0-9]{1,16}$/.test(extension) ? extension : ''
  return posix.join(parentOf(path), `.copse-${sha256(path).slice(0, 12)}${kept}`)
}

/** Makes the directories above a path. */
export function makeParent(path: string): Shell {
  return sh`if [ ! -d ${parentOf(path)} ]; then mkdir -p ${parentOf(path)}; fi`
}

/** Removes the temporary entries of paths now, and again when the script ends before all have been moved. */
export function clearTemporary(...paths: readonly string[]): Shell {
  const all = paths.map(temporaryOf)
  const there = all.map((one) => sh`[ -e ${one} ] || [ -L ${one} ]`.shell).join(' || ')
  const clear = sh`rm -rf ${all}`
  return sh`if ${{ shell: there }}; then ${clear}; fi
trap ${clear.shell} EXIT
trap 'exit 1' HUP INT TERM`
}

/** Puts a temporary entry in its place: whatever stood there is replaced and no link is followed; only a full directory stays. */
export function moveOver(path: string): Shell {
  return sh`if [ -d ${path} ] && [ ! -L ${path} ]; then rmdir ${path}; fi
mv -fT ${temporaryOf(path)} ${path}`
}

/** Puts the last temporary entry of a script in its place, for good. */
export function moveIntoPlace(path: string): Shell {
  return sh`${moveOver(path)}
${settleMoves([path])}`
}

/** After all temporary entries of a script are in their places: that survives a power cut. */
export function settleMoves(paths: readonly string[]): Shell {
  return sh`trap - EXIT
sync ${[...new Set(paths.map(parentOf))]}`
}

/** Sets owner and mode of the very thing at a path: it is held open, so that a link put there meanwhile changes nothing. */
export function grant(path: string, { owner, group, mode }: Access): Shell {
  return sh`exec 3<${path}
if [ "$(stat -c %d:%i ${path})" != "$(stat -Lc %d:%i /proc/self/fd/3)" ]; then
  echo ${`${path} is a link, or was replaced meanwhile`} >&2
  exit 1
fi
chown ${`${owner}:${group}`} /proc/self/fd/3
chmod ${octal(mode)} /proc/self/fd/3
exec 3<&-`
}
