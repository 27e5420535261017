/** The constant commands that copse runs on hosts; everything that varies travels on standard input. */
import { sh } from '../../lib/shell.ts'

/** What the host says on the master connection: scripts can run as root there, or they cannot. */
export const greetings = { ready: 'copse ready', noSudo: 'copse may not sudo' } as const

/** Said last when a script itself ended with 255, which is also how OpenSSH says that a connection failed. */
export const endedWith255 = 'copse: the script ended with 255'

/** Root is who owns `/`: a process costs milliseconds on a small host, so what the shell can do by itself it does. */
const asRoot = `script=$1
shift
if [ ! -O / ]; then exec sudo -n /bin/sh -c "$script" copse "$@"; fi
eval "$script"`

/** Whatever happens, standard input is read to its end: who sent it is still writing. */
const unpackAndRun = `export LC_ALL=C.UTF-8
copse_fail() {
  cat >/dev/null
  exit 1
}
[ -d /run/copse ] || (umask 077 && mkdir -p /run/copse) || copse_fail
read -r id </proc/sys/kernel/random/uuid
dir=/run/copse/$id
trap 'cd / && rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT PIPE TERM
(umask 077 && exec tar -x -m --no-same-owner --one-top-level="$dir" -f -) || copse_fail
cd "$dir" || exit 1
if [ "$1" = keep ]; then trap - EXIT; fi
(. ./main) </dev/null
code=$?
if [ "$code" -eq 255 ]; then echo '${endedWith255}' >&2; fi
exit "$code"`

/** Runs a script as root with words as its `$1`, `$2`..., on standard input as it comes. */
export function scriptCommand(script: string, words: readonly string[]): string {
  return sh`exec /bin/sh -c ${asRoot} copse ${script} ${words}`.shell
}

/** Unpacks the archive on standard input into a fresh directory, runs its `main` there, and keeps or removes it. */
export function runCommand(directory: 'keep' | 'remove'): string {
  return sh`exec /bin/sh -c ${asRoot} copse ${unpackAndRun} ${directory}`.shell
}

/**
 * Runs archives one after another: each is announced by a line with its size and a mark. After what it prints come a line
 * with the mark and its code, what it said on standard error, and the mark again. A process that it leaves behind does not
 * write into another's output, because what it prints goes through a pipe of its own. A machine that copse only came by
 * keeps no directory of it.
 */
const serve = `echo '${greetings.ready}'
while read -r size mark; do
  [ -d /run/copse ] || (umask 077 && mkdir -p /run/copse)
  said=/run/copse/$mark
  if ! { true >"$said"; } 2>/dev/null; then
    head -c "$size" >/dev/null
    printf '\\n%s 1\\nno file can be written in /run/copse\\n\\n%s\\n' "$mark" "$mark"
    continue
  fi
  { head -c "$size" | /bin/sh -c "$1" copse remove 2>"$said"; echo "$?" >"$said.code"; } | cat
  read -r code <"$said.code"
  [ -s "$said" ] && isSilent=no || isSilent=yes
  exec 3<"$said"
  rm -f "$said" "$said.code"
  printf '\\n%s %s\\n' "$mark" "$code"
  if [ "$isSilent" = no ]; then cat <&3; fi
  exec 3<&-
  printf '\\n%s\\n' "$mark"
done
rmdir /run/copse 2>/dev/null || :`

const serveAsRoot = `serve=$1
shift
if [ ! -O / ]; then
  sudo -n /bin/sh -c "$serve" copse "$@" || echo '${greetings.noSudo}'
else eval "$serve"; fi`

/** Says whether scripts can run as root, then runs those that are sent; it ends when standard input does. */
export const serveCommand = sh`exec /bin/sh -c ${serveAsRoot} copse ${serve} ${unpackAndRun}`.shell
