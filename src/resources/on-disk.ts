/** What the kinds that stand at a path share: how they are looked at, written without races and given away. */
import { extname, posix } from 'node:path'
import { sha256 } from '../lib/digest.ts'
import { type Shell, sh } from '../lib/shell.ts'
import type { Found } from './kind.ts'
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
 * For observe scripts: `facts` reads `key TAB hint` lines and prints `size TAB hint TAB key TAB type= TAB owner= TAB
 * group= TAB mode= [TAB target=]` for each path at which something stands, in one `find`, which follows no link.
 * Records end with NUL up to the percent-encoding, because a link may point at any bytes.
 */
export const factsWord = `facts() {
  asked=$(cat)
  {
    printf '%s\\n' "$asked"
    printf '\\n'
    printf '%s\\n' "$asked" | cut -f 1 | {
      xargs -d '\\n' sh -c 'exec find "$@" -maxdepth 0 -printf "%p\\0%y\\0%u\\0%g\\0%m\\0%s\\0%l\\0"' sh 2>/dev/null || :
    } | sed -z -e 's/%/%25/g' -e 's/\\t/%09/g' -e 's/\\n/%0A/g' | tr '\\0' '\\n'
  } | awk -F '\\t' '
    BEGIN { type["f"] = "file"; type["d"] = "directory"; type["l"] = "link"; type["p"] = "fifo"; type["s"] = "socket" }
    !found && $0 == "" { found = 1; next }
    !found { hint[$1] = $2; next }
    { field[++n] = $0 }
    n == 7 {
      n = 0
      gsub(/%25/, "%", field[1])
      printf "%s\\t%s\\t%s\\ttype=%s\\towner=%s\\tgroup=%s\\tmode=%04d", field[6], hint[field[1]], field[1], \\
        (field[2] in type) ? type[field[2]] : "device", field[3], field[4], field[5]
      if (field[2] == "l") printf "\\ttarget=%s", field[7]
      print ""
    }'
}`

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

/** Removes the temporary entry of a path now, and again when the script ends before it has been moved. */
export function clearTemporary(path: string): Shell {
  const clear = sh`rm -rf ${temporaryOf(path)}`
  return sh`${clear}
trap ${clear.shell} EXIT
trap 'exit 1' HUP INT TERM`
}

/** Puts the temporary entry in its place: whatever stood there is replaced and no link is followed; only a full directory stays. */
export function moveIntoPlace(path: string): Shell {
  return sh`if [ -d ${path} ] && [ ! -L ${path} ]; then rmdir ${path}; fi
mv -fT ${temporaryOf(path)} ${path}
sync ${parentOf(path)}`
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
