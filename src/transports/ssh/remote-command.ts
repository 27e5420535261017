/** The constant commands that copse runs on hosts; everything that varies travels on standard input. */
import { readFileSync } from 'node:fs'
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

/**
 * For clients of their own, whose archive may be larger than memory should hold: `serve` is told sizes and needs no tar.
 * Whatever happens, standard input is read to its end: who sent it is still writing.
 */
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

const serve = readFileSync(new URL('serve.pl', import.meta.url), 'utf8')

const serveAsRoot = `if [ -O / ]; then exec perl -e "$1"; fi
sudo -n perl -e "$1" || echo '${greetings.noSudo}'`

/** Says whether scripts can run as root, then runs those that are sent; it ends when standard input does. */
export const serveCommand = sh`exec /bin/sh -c ${serveAsRoot} copse ${serve}`.shell
