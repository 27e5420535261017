/** The shell that reads and writes authorized_keys: with the account's own rights, so that no link can misuse root's. */
import { type Shell, sh } from '../lib/shell.ts'
import type { KeysSpec } from './authorized-keys.ts'
import type { Change, Found, Step } from './kind.ts'
import { markOf, marksOf } from './made.ts'

/** One question for all homes and one for all files; a file is only read where no link leads away from it. */
export const observeKeys = `var="\${COPSE_VAR:-/var/lib/copse}"
see() { if [ -n "$2" ] || [ -e "$var/made/authorized-keys/$1" ]; then echo "$1"; fi; }
rows=$({ each see; echo; getent passwd; } | awk '
  BEGIN { FS = OFS = "\\t" }
  /^$/ { listed = 1; FS = ":"; next }
  !listed { asked[$1]; next }
  $1 in asked { print $1, $6 "/.ssh"; delete asked[$1] }')
if [ -z "$rows" ]; then exit 0; fi
printf '%s\\n' "$rows" | cut -f 2 | sed 'p; s|$|/authorized_keys|' |
  { xargs -d '\\n' stat --printf '%n\\t%F\\t%a\\t%U\\n' 2>/dev/null || :; } |
  ROWS=$rows VAR=$var awk '
  function lines(path, text, line) {
    text = ""
    while ((getline line <path) > 0) {
      gsub(/^[ \\t]+|[ \\t\\r]+$/, "", line)
      if (line == "" || line ~ /^#/) continue
      gsub("%", "%25", line); gsub("\\t", "%09", line)
      text = text (text == "" ? "" : "%0A") line
    }
    close(path)
    return text
  }
  BEGIN { FS = "\\t"; count = split(ENVIRON["ROWS"], row, "\\n") }
  { type[$1] = $2; mode[$1] = $3; owner[$1] = $4 }
  END {
    for (i = 1; i <= count; i++) {
      split(row[i], asked, "\\t")
      dir = asked[2]; file = dir "/authorized_keys"; other = ""
      if (type[dir] != "directory") other = type[dir]
      else if (type[file] !~ /^regular/) other = type[file]
      if (other == "" && type[file] == "") continue
      ours = lines(ENVIRON["VAR"] "/made/authorized-keys/" asked[1])
      printf "%s\\tfile=%s", asked[1], file
      if (other != "") { printf "\\tother=%s\\n", other; continue }
      printf "\\tkeys=%s\\tours=%s\\tmode=%s\\towner=%s\\tdirmode=%s\\tdirowner=%s\\n", lines(file), ours, \\
        mode[file], owner[file], mode[dir], owner[dir]
    }
  }'`

/** The keys from before copse: kept beside the list of copse's own, which is named as the account. */
function formerOf(user: string): Shell {
  return sh`${markOf('authorized-keys', user)}.former`
}

/** What reading and writing need: `$file`, and `as_user` for doing something with the account's rights. */
function place(user: string): Shell {
  return sh`user=${user}
home=$(getent passwd "$user" | cut -d : -f 6)
if [ ! -d "$home" ]; then echo "the home directory of $user is missing" >&2; exit 1; fi
file=$home/.ssh/authorized_keys
ours=${markOf('authorized-keys', user)}
as_user() { setpriv --reuid="$user" --regid="$(id -g "$user")" --init-groups --inh-caps=-all "$@"; }
now() { if [ -f "$file" ] && [ ! -L "$file" ] && [ ! -L "$home/.ssh" ]; then as_user cat "$file"; fi; }
write() {
  if [ -L "$home/.ssh" ]; then rm -f "$home/.ssh"; fi
  if [ ! -d "$home/.ssh" ]; then mkdir -m 700 "$home/.ssh"; fi
  chown -h "$user:" "$home/.ssh"
  # shellcheck disable=SC2016
  as_user sh -euc 'umask 077
    chmod 700 "$1"
    rm -rf "$1/.authorized_keys.copse"
    cat >"$1/.authorized_keys.copse"
    sync "$1/.authorized_keys.copse"
    if [ -d "$1/authorized_keys" ] && [ ! -L "$1/authorized_keys" ]; then rmdir "$1/authorized_keys"; fi
    mv -fT "$1/.authorized_keys.copse" "$1/authorized_keys"' sh "$home/.ssh" <"$1"
}`
}

/** The list of copse's own keys is longer before the change and exact after it, so that it never lacks one. */
export function settle({ user, keys, exclusive }: KeysSpec, _change: Change, found: Found | undefined): Step {
  return {
    payloads: { keys: { text: keys.map((key) => `${key}\n`).join('') } },
    prepare: sh`${place(user)}
mkdir -p ${marksOf('authorized-keys')}
if [ -z "$COPSE_OWNED" ]; then
  rm -f ${formerOf(user)} "$ours"
  if [ -f "$file" ]; then now >${formerOf(user)}; fi
fi`,
    script: sh`${place(user)}
cat ./keys >>"$ours"
${exclusive ? sh`cp ./keys all` : beside(user)}
write ./all
cp ./keys "$ours"`,
    ...confirmAt(found),
  }
}

/** The former lines of others stay as they are, comments too. */
function beside(user: string): Shell {
  return sh`rm -f ${formerOf(user)}
now >there
{ grep -vxF -f "$ours" there || :; } >all
cat ./keys >>all`
}

/** The account gets back the keys that it had before copse, and keeps those that others have added since. */
export function letGo(user: string, found: Found): Step {
  return {
    script: sh`${place(user)}
if [ ! -e "$ours" ]; then : >"$ours"; fi
now >there
if [ -f ${formerOf(user)} ]; then cat ${formerOf(user)} >all; else : >all; fi
cp all before
grep -vxF -f "$ours" there | grep -vxF -f before >>all || :
if [ -s all ]; then
  write ./all
else
  as_user rm -f "$file"
  as_user rmdir --ignore-fail-on-non-empty "$home/.ssh"
fi
rm -f ${formerOf(user)} "$ours"`,
    ...confirmAt(found),
  }
}

/** Keys that are the way in come back unless a new login works; first keys shut nobody out. */
function confirmAt(found: Found | undefined): Pick<Step, 'confirm'> {
  return found?.file === undefined ? {} : { confirm: { paths: [found.file], reload: [] } }
}
