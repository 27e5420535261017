# Executes a plan's steps on a host, in order, under the host's lock, appending one JSON line per event to ./events.
# Files beside it: plan (digest), run, wait (seconds), identity, guards/N/{kind,lines,digest,script}, forget,
# steps/N/{script,prepare,own,disown,invalidate,confirm,...payloads}.
set -u
umask 022
dir=$PWD
var=${COPSE_VAR:-/var/lib/copse}
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive HOME=/root
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

say() { printf '%s\n' "$1" >>events; }
now() { date +%s%3N; }
finish() {
  say "{\"event\":\"done\",\"result\":\"$1\",\"detail\":\"$(printf %s "${2:-}" | base64 -w0)\"}"
  exit 0
}

exec 9>/run/copse/lock
flock -w "$(cat wait)" 9 || finish locked "another run is at work on this host"
ln -sfn "$dir" /run/copse/current
find /run/copse -mindepth 1 -maxdepth 1 -type d -mmin +120 ! -path "$dir" -exec rm -rf {} +
mkdir -p "$var/stamps" || finish failed "cannot write $var"
say "{\"event\":\"session\",\"dir\":\"$dir\"}"

run=$(cat run)
last=$(cat "$var/run" 2>/dev/null || echo 0)
[ "$run" -ge "$last" ] || finish refused "run $last has been here since; this is run $run"
if [ -s "$var/identity" ]; then
  cmp -s identity "$var/identity" || finish refused "this host is somebody else's: $(tr '\n' ' ' <"$var/identity")"
fi
for guard in guards/*; do
  [ -d "$guard" ] || continue
  found=$(sh -eu "$guard/script" <"$guard/lines" 2>/dev/null | LC_ALL=C sort | sha256sum)
  [ "${found%% *}" = "$(cat "$guard/digest")" ] || finish refused "$(cat "$guard/kind")"
done
[ -s "$var/identity" ] || { cp identity "$var/.identity" && sync "$var/.identity" && mv "$var/.identity" "$var/identity"; } ||
  finish failed "cannot write $var/identity"
printf '%s\n' "$run" >"$var/.run" && mv "$var/.run" "$var/run"

# Takes lines out of the list of what copse owns (1: kind TAB key), then adds others (2: kind TAB key TAB digest).
own() {
  [ -s "$1" ] || [ -s "$2" ] || return 0
  [ -e "$var/owned" ] || : >"$var/owned"
  awk -F '\t' -v out="$1" -v add="$2" '
    BEGIN {
      while ((getline line < out) > 0) drop[line]
      while ((getline line < add) > 0) { split(line, f, "\t"); id = f[1] "\t" f[2]; text[id] = line; order[++n] = id }
    }
    { id = $1 "\t" $2; if (id in text) { print text[id]; delete text[id] } else if (!(id in drop)) print }
    END { for (i = 1; i <= n; i++) if (order[i] in text) print text[order[i]] }' "$var/owned" >"$var/.owned" &&
    sync "$var/.owned" && mv "$var/.owned" "$var/owned"
}
# Those of a list of ids that copse owns here.
owned_of() { if [ -e "$var/owned" ]; then cut -f 1,2 "$var/owned" | grep -xF -f "$1"; fi; }

# Keeps what a change may lock us out of, and sets the timer that puts it back.
arm() {
  mkdir -p keep
  : >keep/list
  kept=0
  while IFS= read -r path; do
    kept=$((kept + 1))
    if [ -e "$path" ]; then cp -a "$path" "keep/$kept"; fi
    printf '%s\t%s\n' "$kept" "$path" >>keep/list
  done <"$1/confirm"
  cp "$1/reload" keep/reload
  cat >keep/revert <<'R'
cd "$1" || exit 1
while IFS="$(printf '\t')" read -r n path; do
  if [ -e "$n" ]; then cp -a "$n" "$path.copse" && mv -f "$path.copse" "$path"; else rm -f "$path"; fi
done <list
while IFS= read -r unit; do systemctl try-reload-or-restart "$unit"; done <reload
: >reverted
R
  rm -f confirmed keep/reverted
  systemd-run --quiet --collect --on-active=45 --timer-property=AccuracySec=1s --unit="copse-revert-$(basename "$dir")" \
    sh "$dir/keep/revert" "$dir/keep" || return 1
}
# Waits until a new login has confirmed the change; without one the timer puts everything back.
await() {
  while IFS= read -r unit; do systemctl try-reload-or-restart "$unit" || return 1; done <"$1/reload"
  say '{"event":"confirm"}'
  tries=0
  while [ ! -e confirmed ]; do
    [ ! -e keep/reverted ] || return 1
    tries=$((tries + 1))
    [ "$tries" -lt 600 ] || return 1
    sleep 0.1
  done
  systemctl stop "copse-revert-$(basename "$dir").timer"
}
disarm() { systemctl stop "copse-revert-$(basename "$dir").timer" 2>/dev/null; sh keep/revert "$dir/keep"; }

# What comes before a step: untrue stamps go, originals are kept, the list of what copse owns says so, the way back is armed.
ready() {
  while IFS= read -r stamp; do rm -f "$var/stamps/$stamp" || return 1; done <"$1/invalidate"
  if [ -e "$1/prepare" ]; then
    owned=$(owned_of "$1/ids") || :
    (cd "$1" && COPSE_OWNED=$owned exec sh -eu ./prepare) || return 1
  fi
  own /dev/null "$1/own" || return 1
  if [ -e "$1/confirm" ]; then arm "$1" || return 1; fi
}

if [ -s forget ]; then own forget /dev/null || finish failed "cannot write $var/owned"; fi
for step in steps/*; do
  [ -d "$step" ] || continue
  n=${step#steps/}
  n=${n#"${n%%[!0]*}"}
  [ ! -e stop ] || finish interrupted "before step $n"
  say "{\"event\":\"step-start\",\"step\":$n}"
  begin=$(now)
  code=0
  ready "$step" >log 2>&1 </dev/null || code=1
  if [ "$code" -eq 0 ]; then
    (cd "$step" && exec sh -eu ./script 9>&-) >>log 2>&1 </dev/null || code=$?
    if [ -e "$step/confirm" ]; then
      if [ "$code" -ne 0 ]; then
        disarm >>log 2>&1
      elif ! await "$step" >>log 2>&1; then
        code=1
        disarm >>log 2>&1
        echo "no new login confirmed the change; it was put back" >>log
      fi
    fi
  fi
  if [ "$code" -eq 0 ]; then own "$step/disown" /dev/null || code=1; fi
  log=
  [ "$code" -eq 0 ] || log=$(tail -n 20 log | tail -c 4000 | base64 -w0)
  say "{\"event\":\"step-end\",\"step\":$n,\"code\":$code,\"ms\":$(($(now) - begin)),\"log\":\"$log\"}"
  rm -rf "$step"
  [ "$code" -eq 0 ] || finish failed "step $n"
done
finish 'done'
