/** The shell that installs, holds and removes Debian packages. */
import { lines, type Shell, sh } from '../lib/shell.ts'
import type { Step } from './kind.ts'
import { markNew, markOf } from './made.ts'
import type { PackageSpec } from './package.ts'

/** The list of all that copse's calls of apt ever brought and that it has not removed since. */
const cameAlong: Shell = sh`"\${COPSE_VAR:-/var/lib/copse}"/made/packages`

/** What a step needs of apt: waiting for its locks, mending what was interrupted, starting nothing. */
const tools: Shell = sh`export NEEDRESTART_SUSPEND=1 APT_LISTCHANGES_FRONTEND=none
apt_get() {
  apt-get -q -y -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 -o APT::Get::AutomaticRemove=false \
    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@"
}
# apt waits only for one of its locks, and dpkg for none.
await() {
  tries=0
  while [ -e "$1" ]; do
    holder=$(awk -v inode=":$(stat -c %i "$1")$" '$2 ~ /POSIX|OFDLCK/ && $6 ~ inode { print $5; exit }' /proc/locks)
    if [ -z "$holder" ]; then return 0; fi
    tries=$((tries + 1))
    if [ "$tries" -gt 240 ]; then
      echo "$1 has been held for 2 minutes by process $holder ($(cat "/proc/$holder/comm" 2>/dev/null))" >&2
      exit 1
    fi
    sleep 0.5
  done
}
mend() {
  await /var/lib/dpkg/lock-frontend
  await /var/lib/dpkg/lock
  if [ -z "$(dpkg --audit 2>&1 || :)" ]; then return 0; fi
  dpkg --force-confdef --force-confold --configure -a || :
  apt_get --no-remove -f install
}
# removed_by OPERATION...: what would go with it, without what it names itself.
removed_by() {
  apt-get -s -o APT::Get::AutomaticRemove=false "$@" | awk -v names="$*" '
    BEGIN { n = split(names, name, " "); for (i = 1; i <= n; i++) named[name[i]] }
    $1 == "Remv" && !($2 in named) { printf " %s", $2 }'
}
installed() { dpkg-query -W -f '\${db:Status-Abbrev} \${Package}\\n' | awk '$1 ~ /^.i/ { print $2 }' | LC_ALL=C sort -u; }
# Adds to the list what has come since the last look, also when a killed step could not.
note() {
  if [ ! -e ${cameAlong}.before ]; then return 0; fi
  installed | LC_ALL=C comm -13 ${cameAlong}.before - >>${cameAlong}
  rm -f ${cameAlong}.before
}`

/** While it is there only what runs already may be started again, as by an upgrade; without the lock it does nothing. */
const policyText = `#!/bin/sh
# copse: a service is started after its configuration, not by its package
if [ "$1" = --quiet ]; then shift; fi
running=/run/copse/running
if [ -x /usr/sbin/policy-rc.d.before-copse ]; then
  code=0
  /usr/sbin/policy-rc.d.before-copse "$@" || code=$?
  case $code in 0 | 104) ;; *) exit "$code" ;; esac
fi
case $2 in stop | '(stop)') exit 0 ;; esac
if [ ! -e $running ] || flock -n $running true; then exit 0; fi
grep -qxF -e "$1" -e "$1.service" $running || exit 101
`

/** A policy of somebody else's is asked first, and comes back at the end; what a killed step left is cleaned up. */
const calm: Shell = sh`policy=/usr/sbin/policy-rc.d
foreign=$policy.before-copse
is_ours() { grep -qs '^# copse:' "$policy"; }
loud() {
  if is_ours; then rm -f "$policy"; fi
  if [ -e "$foreign" ] && [ ! -e "$policy" ]; then mv "$foreign" "$policy"; fi
}
loud
mkdir -p /run/copse
systemctl list-units --plain --no-legend --state=active,activating,reloading | cut -d ' ' -f 1 >/run/copse/running
exec 8</run/copse/running
flock 8
if [ -e "$policy" ]; then mv "$policy" "$foreign"; fi
trap loud EXIT
cp ./policy-rc.d "$policy"
chmod 755 "$policy"
mend
note`

const update: Shell = sh`var="\${COPSE_VAR:-/var/lib/copse}"
updated=
update() {
  await /var/lib/apt/lists/lock
  updated=yes
  : >"$var/.apt-updated"
  if apt_get -o APT::Update::Error-Mode=any update; then mv "$var/.apt-updated" "$var/apt-updated"; fi
}
is_outdated() {
  [ -z "$(find "$var/apt-updated" -mmin -1440 2>/dev/null)" ] || [ -z "$(find /var/lib/apt/lists -name '*_Packages*')" ] ||
    [ -n "$(find /etc/apt/sources.list /etc/apt/sources.list.d /etc/apt/keyrings -newer "$var/apt-updated" 2>/dev/null)" ]
}
unknown() {
  apt-cache policy "$@" | awk -v names="$*" '
    /^[^ ]/ { name = substr($1, 1, length($1) - 1) }
    $1 == "Candidate:" && $2 != "(none)" { known[name] }
    END { n = split(names, asked, " "); for (i = 1; i <= n; i++) if (!(asked[i] in known)) printf " %s", asked[i] }'
}
`

/** Brings packages to their wanted states: one call of apt for those to install, one for those to remove. */
export function settle(specs: readonly PackageSpec[]): Step {
  const doomed = specs.filter(({ state }) => state === 'absent').map(({ name }) => name)
  const wanted = specs.filter(({ state }) => state !== 'absent')
  return {
    payloads: { 'policy-rc.d': { text: policyText } },
    prepare: markNew(
      'package',
      specs.map(({ name }) => name),
      isTheirs,
    ),
    script: lines([
      tools,
      calm,
      ...(doomed.length > 0 ? [removal(doomed)] : []),
      ...(wanted.length > 0 ? [update, installation(wanted)] : []),
    ]),
  }
}

/** Installed, and not because copse brought it along with another package. */
const isTheirs: Shell = sh`{
    dpkg-query -W -f '\${db:Status-Abbrev}' "$key" | grep '^.[^nc]' && ! grep -xF "$key" ${cameAlong}
  }`

function installation(wanted: readonly PackageSpec[]): Shell {
  const names = wanted.map(({ name }) => name)
  const words = wanted.map(({ name, version }) => (version === undefined ? name : `${name}=${version}`))
  const held = wanted.filter(({ state }) => state === 'held').map(({ name }) => name)
  const free = wanted.filter(({ state }) => state === 'present').map(({ name }) => name)
  return lines([
    sh`if is_outdated; then update; fi
missing=$(unknown ${names})
if [ -n "$missing" ] && [ -z "$updated" ]; then
  update
  missing=$(unknown ${names})
fi
if [ -n "$missing" ]; then
  echo "no package source of this host has:$missing" >&2
  exit 1
fi
installed >${cameAlong}.before
trap 'loud; note' EXIT
install() {
  apt_get --no-install-recommends --no-remove --allow-downgrades --allow-change-held-packages install ${words}
}
install || { [ -z "$updated" ] && update && install; } || {
  others=$(removed_by --allow-change-held-packages install ${words} || :)
  if [ -n "$others" ]; then
    echo ${`${names.join(' ')} cannot be installed beside what is there and would have to be named absent before:`}"$others" >&2
  fi
  exit 1
}`,
    sh`apt-mark manual ${names} >/dev/null`,
    ...(held.length > 0 ? [sh`apt-mark hold ${held} >/dev/null`] : []),
    ...(free.length > 0 ? [sh`apt-mark unhold ${free} >/dev/null`] : []),
  ])
}

/** What nobody named is not removed along with what somebody named. */
function removal(names: readonly string[]): Shell {
  return sh`others=$(removed_by --allow-change-held-packages remove ${names})
if [ -n "$others" ]; then
  echo ${`removing ${names.join(' ')} would also remove what is not named absent:`}"$others" >&2
  exit 1
fi
apt_get --allow-change-held-packages remove ${names}`
}

/**
 * Gives a package back: apt is told that nobody asked for it, and what then is needed by nothing goes: the package
 * and what came along with copse's packages. One that another package needs stays as long as that one.
 */
export function letGo(name: string): Step {
  return {
    script: lines([
      tools,
      sh`mend
note
apt-mark unhold ${name} >/dev/null
if [ -e ${markOf('package', name)} ]; then
  apt-mark auto ${name} >/dev/null
  apt-get -s -o APT::AutoRemove::RecommendsImportant=false -o APT::AutoRemove::SuggestsImportant=false autoremove |
    awk '$1 == "Remv" { sub(/:.*/, "", $2); print $2 }' | LC_ALL=C sort -u >needless
  if grep -qxF ${name} needless; then
    { cat ${cameAlong} 2>/dev/null || :; echo ${name}; } | LC_ALL=C sort -u >came
    LC_ALL=C comm -12 came needless >gone
    xargs apt-get -q -y -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 remove <gone
    LC_ALL=C comm -23 came gone >${cameAlong}
  fi
  rm -f ${markOf('package', name)}
fi`,
    ]),
  }
}
