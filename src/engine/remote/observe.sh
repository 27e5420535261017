# Looks at a host: prints identity, facts, what copse owns, and one section for each kind. Changes nothing.
# Files beside it: boundary, patience (seconds), look (Perl) and its files; questions/main asks probes meanwhile.
# A process costs milliseconds on a small host, so what the shell can do by itself it does.
set -eu
if [ "${1:-}" != inside ]; then
  code=0
  unshare --mount --propagation private sh -c '
    : >inside
    mount -o remount,bind,ro / 2>/dev/null || :
    exec sh ./main inside' || code=$?
  # A host that allows no mount namespace is looked at without one.
  if [ -e inside ]; then exit "$code"; fi
fi
export LC_ALL=C.UTF-8
var=${COPSE_VAR:-/var/lib/copse}
read -r line <boundary || :
boundary=$line
section() { printf '%s %s\n' "$boundary" "$1"; }
# A session that is at work, perhaps for somebody who is gone, is let finish: what is seen in its middle is nobody's state.
read -r line <patience
exec 8>>/run/copse/lock
if ! flock -s -w "$line" 8; then
  section busy
  exit 0
fi
section identity
if [ -f "$var/identity" ]; then cat "$var/identity"; fi
section facts
# shellcheck source=/dev/null
. /etc/os-release
read -r kernel </proc/sys/kernel/osrelease
read -r boot </proc/sys/kernel/random/boot_id
read -r uptime _ </proc/uptime
printf 'os\t%s %s\nkernel\t%s\nboot\t%s\nuptime\t%s\n' "$ID" "${VERSION_ID:-}" "$kernel" "$boot" "${uptime%%.*}"
if [ -f "$var/run" ]; then
  read -r run <"$var/run" || :
  printf 'run\t%s\n' "$run"
fi
owned=/dev/null
if [ -f "$var/owned" ]; then owned=$var/owned; fi
section owned
cat "$owned"
if [ -d questions ]; then
  : >answers
  (cd questions && exec sh ./main) >answers 2>&1 &
fi
exec perl ./look "$owned"
