# Looks at a host: prints identity, facts, what copse owns, and one section for each kind. Changes nothing.
# Files beside it: boundary, patience (seconds), kinds (names, one a line), kind/NAME (script), wanted/NAME (key TAB hint lines).
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
# What is wanted of each kind, then what copse owns of it besides.
mkdir out
awk -F '\t' '
  FILENAME == "kinds" { known[$1]; next }
  FILENAME ~ /^wanted\// { kind = substr(FILENAME, 8); seen[kind, $1]; print >("out/" kind ".lines"); next }
  $1 in known && !(($1, $2) in seen) { print $2 "\t" >("out/" $1 ".lines") }' kinds wanted/* "$owned"
while IFS= read -r kind; do
  if [ ! -e "out/$kind.lines" ]; then continue; fi
  code=0
  sh -eu "kind/$kind" <"out/$kind.lines" >"out/$kind" 2>"out/$kind.err" || code=$?
  if [ "$code" -ne 0 ]; then
    section "failed $kind"
    cat "out/$kind.err"
  else
    section "kind $kind"
    cat "out/$kind"
  fi
done <kinds
section end
