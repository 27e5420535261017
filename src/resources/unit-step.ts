/** The shell that enables, starts, restarts, reloads and stops systemd units. */
import { lines, type Shell, sh } from '../lib/shell.ts'
import type { Found, Step } from './kind.ts'
import { markNew, markOf } from './made.ts'
import type { UnitSpec } from './unit.ts'
import { fullName, shortName } from './unit-name.ts'
import { isUnitFile } from './unit-stamp.ts'
import { isFirewall } from './ways-in.ts'

/** Brings a unit to its wanted state. */
export function settle(
  { name, restartOn, confirm = isFirewall(shortName(name)) }: UnitSpec,
  { verb, boot = 'keep', restart = '', reload = '' }: Readonly<Record<string, string>>,
  found: Found | undefined,
): Step {
  return {
    prepare: markNew('unit', [shortName(name)], found?.state === 'running' ? sh`true` : sh`false`),
    script: lines([
      sh`unit=${name}`,
      load(name, restartOn),
      ...(boot === 'keep' ? [] : [setBoot(boot)]),
      ...act(verb),
      ...(boot === 'keep' ? [] : [seeBoot]),
      sh`[ -d ${stamps} ] || mkdir -p ${stamps}
printf 'restart=%s\\nreload=%s\\n' ${restart} ${reload} >${stamps}/"$unit"`,
    ]),
    ...(confirm && /start|load/.test(verb ?? '') ? { confirm: { stop: [name] } } : {}),
  }
}

const stamps: Shell = sh`"\${COPSE_VAR:-/var/lib/copse}"/stamps`

const properties =
  'LoadState,NeedDaemonReload,Type,UnitFileState,ActiveState,SubState,FragmentPath,DropInPaths'

/**
 * One question where all is well, also about the other units whose files restart this one; more only where systemd has
 * something to read again, or cannot: a process costs milliseconds, and to read everything again a third of a second. That
 * a unit which it holds in memory has got its first drop-in systemd does not notice, so its files are looked for by name.
 */
function load(name: string, restartOn: readonly string[]): Shell {
  const files = restartOn.filter(isUnitFile).map((input) => input.replace(/^\w+ /, ''))
  const units = files.flatMap((file) => unitOf(file, name) ?? []).filter((unit) => unit !== name)
  const isUnclear = files.some((file) => unitOf(file, name) === undefined)
  return sh`look() { systemctl show -p "$1" --value -- "$unit"; }
see() { state=$(systemctl show -p ${properties} -- "$unit"); }
read_again() {
  systemctl daemon-reload
  if [ -n "\${COPSE_RELOAD-}" ]; then rm -f "$COPSE_RELOAD"; fi
}
known=$(systemctl show -p ${properties} -- "$unit" ${[...new Set(units)]})
state=\${known%%${'\n\n'}*}
case $state in *=masked*) systemctl unmask --quiet -- "$unit" ;; esac
case $state in *LoadState=loaded*) isLoaded=${isUnclear ? 'no' : 'yes'} ;; *) isLoaded=no ;; esac
case $known in *NeedDaemonReload=yes*) isLoaded=no ;; esac
for file in ${files}; do
  case $known in *"$file"*) ;; *) if [ -e "$file" ]; then isLoaded=no; fi ;; esac
done
if [ "$isLoaded" = no ]; then
  read_again
  case $(look LoadState) in
    loaded) ;;
    not-found)
      echo "systemd knows no unit $unit; what brings it must come before it" >&2
      exit 1
      ;;
    *)
      echo "systemd cannot load $unit: $(look LoadState)" >&2
      journalctl --no-pager --quiet -o cat -n 5 -u "$unit" >&2 || :
      exit 1
      ;;
  esac
  see
fi`
}

/** The unit that a file or drop-in is of; of a template the one with the same instance as `own`, where that has any. */
function unitOf(file: string, own: string): string | undefined {
  const [, unit = ''] = /\/systemd\/system\/([^/]+?)(?:\.d\/[^/]+)?$/.exec(file) ?? []
  const instance = /@(.+)\.\w+$/.exec(own)?.[1]
  const whole = instance === undefined ? unit : unit.replace(/@(\.\w+)$/, `@${instance}$1`)
  return /^[^@]+\.\w+$|@.+\.\w+$/.test(whole) ? whole : undefined
}

/**
 * The links of SysV's runlevels, which take a second more, matter only where there is nothing else. To make systemd read
 * everything again takes a third of a second: needless where all links are of targets, which it follows at boot.
 */
function setBoot(verb: string): Shell {
  return sh`before=\${state#*UnitFileState=}
before=\${before%%${'\n'}*}
export SYSTEMCTL_SKIP_SYSV=1
if links=$(SYSTEMD_OFFLINE=1 systemctl ${verb} -- "$unit" 2>&1); then
  isFollowed=yes
  while read -r link; do
    case $link in *.target.wants/*) ;; *) isFollowed=no ;; esac
  done <<links
$links
links
  if [ "$isFollowed" = no ]; then read_again; fi
else
  unset SYSTEMCTL_SKIP_SYSV
  systemctl ${verb} --quiet -- "$unit"
fi`
}

/** A unit that systemd holds in memory is to it as it was before, until it reads everything again: once for all, at the end. */
const seeBoot: Shell = sh`case $state in
  *UnitFileState="$before"*) if [ -n "\${COPSE_RELOAD-}" ]; then : >"$COPSE_RELOAD"; else systemctl daemon-reload; fi ;;
esac`

/**
 * A program that dies as soon as it has started would go unnoticed where nothing tells systemd that it is ready: a session
 * looks at those units again while it goes on.
 */
const run: Shell = sh`run() {
  case $state in *=failed* | *auto-restart*) systemctl reset-failed -- "$unit" 2>/dev/null || : ;; esac
  if systemctl "$1" -- "$unit"; then
    case $state in
      *Type=simple* | *Type=exec* | *Type=idle*)
        if [ -n "\${COPSE_WATCH-}" ]; then printf '%s\\n' "$unit" >>"$COPSE_WATCH"; else sleep 0.5; fi
        ;;
    esac
    see
    case $state in *=failed* | *auto-restart*) ;; *) return 0 ;; esac
  fi
  echo "$unit is $(look ActiveState) ($(look SubState), $(look Result)); its journal ends with:" >&2
  journalctl --no-pager --quiet -o cat -n 12 -u "$unit" >&2 || :
  exit 1
}`

/** Whatever is done, `state` then tells what came of it. */
function act(verb: string | undefined): readonly Shell[] {
  if (verb === 'stop') return [sh`systemctl stop -- "$unit"\nsee`]
  if (verb === 'restart' || verb === 'start') return [run, sh`run ${verb}`]
  return verb === 'reload' ? [run, sh`run reload-or-restart`] : [sh`see`]
}

/** Stops and disables a unit, but for one that ran before copse. */
export function letGo(key: string): Step {
  return {
    script: sh`unit=${fullName(key)}
if [ -e ${markOf('unit', key)} ]; then
  systemctl disable --quiet -- "$unit" 2>/dev/null || :
  if [ "$(systemctl show -p LoadState --value -- "$unit")" != not-found ]; then systemctl stop -- "$unit"; fi
  systemctl reset-failed -- "$unit" 2>/dev/null || :
fi
rm -f ${markOf('unit', key)} ${stamps}/"$unit"`,
  }
}
