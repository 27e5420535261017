# Looks at a host: prints identity, facts, what copse owns, and one section for each kind. Changes nothing.
# Files beside it: boundary, kinds (names, one a line), kind/NAME (script), wanted/NAME (key TAB hint lines).
set -eu
if [ "${1:-}" != inside ]; then
  if unshare --mount --propagation private mount -o remount,bind,ro / 2>/dev/null; then
    exec unshare --mount --propagation private sh -c 'mount -o remount,bind,ro / && exec sh ./main inside'
  fi
  exec sh ./main inside
fi
export LC_ALL=C.UTF-8
var=${COPSE_VAR:-/var/lib/copse}
boundary=$(cat boundary)
section() { printf '%s %s\n' "$boundary" "$1"; }
section identity
if [ -f "$var/identity" ]; then cat "$var/identity"; fi
section facts
# shellcheck source=/dev/null
. /etc/os-release
printf 'os\t%s %s\nkernel\t%s\nsystemd\t%s\nboot\t%s\nuptime\t%s\n' "$ID" "${VERSION_ID:-}" "$(uname -r)" \
  "$(systemctl --version | sed -n '1s/systemd \([0-9]*\).*/\1/p')" "$(cat /proc/sys/kernel/random/boot_id)" \
  "$(cut -d. -f1 /proc/uptime)"
if [ -f "$var/run" ]; then printf 'run\t%s\n' "$(cat "$var/run")"; fi
owned=/dev/null
if [ -f "$var/owned" ]; then owned=$var/owned; fi
section owned
cat "$owned"
mkdir -p out
while IFS= read -r kind; do
  awk -F '\t' -v kind="$kind" -v wanted="wanted/$kind" '
    FILENAME == wanted { seen[$1]; print; next }
    $1 == kind && !($2 in seen) { print $2 "\t" }' "wanted/$kind" "$owned" >"out/$kind.lines"
  if [ ! -s "out/$kind.lines" ]; then continue; fi
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
