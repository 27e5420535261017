/** How HAProxy is told, through its admin socket, to send a server nothing new, and to use it again. Pure. */

/** Seconds that running requests may take to end, and that a server may take to be found well again. */
const patience = 15

/** Seconds after which a drained server is used again, whatever became of who drained it. */
const longest = 600

/** Backend and server are names of the definition. perl-base is essential on Debian; socat is not. */
function words(backend: string, server: string): string {
  return `set -eu
server=${backend}/${server}
unit=copse-restore-${server}
# shellcheck disable=SC2016 # these are Perl's
tell='my $socket = IO::Socket::UNIX->new(Peer => "/run/haproxy/admin.sock") or die "$!\\n"; print $socket shift, "\\n"; print <$socket>'
ask() { perl -MIO::Socket::UNIX -e "$tell" "$1"; }
column() {
  ask 'show stat' | awk -F , -v server="$server" -v wanted="$1" '
    NR == 1 { sub(/^# /, ""); for (i = 1; i <= NF; i++) at[$i] = i }
    $1 "/" $2 == server { print $at[wanted] }'
}
until_so() {
  read -r now _ </proc/uptime
  end=$((\${now%.*} + ${patience}))
  until "$1"; do
    read -r now _ </proc/uptime
    [ "\${now%.*}" -lt "$end" ] || return 1
    sleep 0.1
  done
}
# A balancer that does not run, or does not know the server yet, sends it nothing.
if [ ! -S /run/haproxy/admin.sock ] || [ -z "$(column svname)" ]; then exit 0; fi
systemctl stop "$unit.timer" 2>/dev/null || :`
}

/** POSIX sh for the balancer's host: see `Balanced`. */
export function switches(
  backend: string,
  server: string,
): { readonly drain: string; readonly restore: string } {
  return {
    drain: `${words(backend, server)}
is_idle() { [ "$(column scur)" = 0 ]; }
systemd-run --quiet --collect --unit="$unit" --on-active=${longest} \\
  perl -MIO::Socket::UNIX -e "$tell" "set server $server state ready"
ask "set server $server state drain"
until_so is_idle || :
`,
    restore: `${words(backend, server)}
is_up() { case $(column status) in UP*) ;; *) return 1 ;; esac; }
ask "set server $server state ready"
if ! until_so is_up; then
  echo "$server is $(column status) for the balancer" >&2
  exit 1
fi
`,
  }
}
