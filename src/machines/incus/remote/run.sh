# Runs a program of the box: mode, seconds, directory, then the program's words. What it says is kept until it has ended.
# `tethered`: it dies when standard input tells no more that copse is there; `finished`: it is let finish whatever becomes of that; `fed`: it reads what is sent.
set -u
mode=$1 seconds=$2
cd "$3" || exit 1
shift 3
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin
export PATH
case $mode in fed) exec timeout "$seconds" "$@" ;; esac
make() { umask 077 && mkdir -p /run/copse && mktemp -d /run/copse/XXXXXXXXXX; }
# Whoever ends a connection takes the directory away where it is empty, perhaps just now.
said=$(make 2>/dev/null) || said=$(make) || exit 1
trap 'rm -rf "$said"' EXIT
trap 'exit 1' HUP INT TERM
code=0
if [ "$mode" = tethered ]; then
  exec 3<&0
  # It leads a process group of its own, so that all that it started goes with it.
  timeout "$seconds" "$@" </dev/null >"$said/out" 2>"$said/err" 3<&- &
  program=$!
  {
    while beat=$(timeout 60 head -c 1 <&3) && [ -n "$beat" ]; do :; done
    kill -KILL "-$program"
  } >/dev/null 2>&1 &
  leash=$!
  exec 3<&-
  wait "$program" || code=$?
  kill "$leash" 2>/dev/null
else
  timeout "$seconds" "$@" </dev/null >"$said/out" 2>"$said/err" || code=$?
fi
cat "$said/out"
cat "$said/err" >&2
exit "$code"
