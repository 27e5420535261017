/** The constant commands that copse runs on hosts; everything that varies travels on standard input. */
import { sh } from '../../lib/shell.ts'

/** What the host says on the master connection: scripts can run as root there, or they cannot. */
export const greetings = { ready: 'copse ready', noSudo: 'copse may not sudo' } as const

const greet = `if [ "$(id -u)" -eq 0 ] || sudo -n sh -c : </dev/null >/dev/null
then echo '${greetings.ready}'; else echo '${greetings.noSudo}'; fi
exec cat >/dev/null`

/** Says whether scripts can run as root, and ends when standard input does. */
export const greetCommand = sh`exec /bin/sh -c ${greet}`.shell

/** Said last when a script itself ended with 255, which is also how OpenSSH says that a connection failed. */
export const endedWith255 = 'copse: the script ended with 255'

const asRoot = `if [ "$(id -u)" -eq 0 ]; then exec sh -c "$@"; fi
exec sudo -n sh -c "$@"`

const unpackAndRun = `export LC_ALL=C.UTF-8
(umask 077 && mkdir -p /run/copse) && dir=$(mktemp -d /run/copse/XXXXXXXXXX) || exit 1
trap 'cd / && rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT PIPE TERM
tar -x -m --no-same-owner -C "$dir" -f - || exit 1
cd "$dir" || exit 1
if [ "$1" = keep ]; then trap - EXIT; fi
code=0
sh ./main </dev/null || code=$?
if [ "$code" -eq 255 ]; then echo '${endedWith255}' >&2; fi
exit "$code"`

/** Unpacks the archive on standard input into a fresh directory, runs its `main` there, and keeps or removes it. */
export function runCommand(directory: 'keep' | 'remove'): string {
  return sh`exec /bin/sh -c ${asRoot} copse ${unpackAndRun} copse ${directory}`.shell
}
