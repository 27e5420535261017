# Starts the apply session on a host in a transient unit, so that it outlives the connection, and follows its events.
# A session of the very same plan that is still at work is followed instead.
set -eu
dir=$PWD
unit=copse-apply-$(basename "$dir").service
follow() {
  pid=$(systemctl show -p MainPID --value "$2")
  if [ "${pid:-0}" -gt 0 ]; then tail -n +1 -s 0.1 -f --pid="$pid" "$1/events"; else cat "$1/events"; fi
}
# the session that is at work now, if it holds the lock
if ! flock -n /run/copse/lock true && [ -e /run/copse/current/plan ] && cmp -s plan /run/copse/current/plan; then
  other=$(readlink /run/copse/current)
  follow "$other" "copse-apply-$(basename "$other").service"
  rm -rf "$dir"
  exit 0
fi
: >events
systemd-run --quiet --collect --unit="$unit" --property=KillMode=mixed --property=TimeoutStopSec=600 \
  --working-directory="$dir" sh "$dir/session" >&2
follow "$dir" "$unit"
rm -rf "$dir"
