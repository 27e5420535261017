/** A systemd unit: enabled, started, and restarted or reloaded for what it names. */
import { z } from 'zod'
import { digestOf } from '../lib/digest.ts'
import { type Shell, sh } from '../lib/shell.ts'
import type { Resource, ResourceList } from '../model/resource.ts'
import { file } from './file.ts'
import {
  type Bound,
  type Change,
  defineKind,
  type Found,
  type KindDefinition,
  makeResource,
  type Surroundings,
  step,
} from './kind.ts'
import { oneLine } from './words.ts'

const spec = z.strictObject({
  name: z
    .string()
    .regex(/^[\w@.:\\-]+\.(service|socket|timer|path|mount|target)$/, 'must be a unit name with its suffix'),
  enabled: z.boolean().default(true),
  started: z.boolean().default(true),
  restartOn: z.array(oneLine).default([]),
  reloadOn: z.array(oneLine).default([]),
})

type Spec = z.output<typeof spec>

/** Keys of kinds that are files: what `restartOn` means by a bare path. */
const pathKinds = ['file', 'link', 'archive', 'directory']

const definition: KindDefinition<Spec> = {
  name: 'unit',
  spec,
  key: ({ name }) => name,
  observe: `stamps="\${COPSE_VAR:-/var/lib/copse}/stamps"
see() {
  systemctl show -p LoadState,ActiveState,UnitFileState,NeedDaemonReload -- "$1" >out/unit.show 2>/dev/null || return 0
  if grep -qx 'LoadState=not-found' out/unit.show; then return 0; fi
  restart= reload=
  if [ -f "$stamps/$1" ]; then read -r restart reload <"$stamps/$1" || :; fi
  printf '%s' "$1"
  sed 's/^/\\t/' out/unit.show | tr -d '\\n'
  printf '\\trestart=%s\\treload=%s\\n' "$restart" "$reload"
}
mkdir -p out
each see`,
  diff: diffUnit,
  apply: (wanted, change) => applyUnit(wanted, change),
  remove: (name) =>
    step(
      sh`systemctl disable --now --quiet -- ${name} || systemctl stop -- ${name}`,
      sh`rm -f ${stampOf(name)}`,
    ),
}

function diffUnit(wanted: Spec, found: Found | undefined, around: Surroundings): Change | undefined {
  const memo = stampsOf(wanted, around)
  if (!found) return { action: 'create', why: ['it is not known to systemd yet'], memo }
  const why = [
    ...(isEnabled(found) === wanted.enabled ? [] : [wanted.enabled ? 'not enabled' : 'enabled, wanted not']),
    ...(isStarted(found) === wanted.started
      ? []
      : [`${found.ActiveState}, wanted ${wanted.started ? 'active' : 'inactive'}`]),
    ...(found.NeedDaemonReload === 'yes' ? ['its unit file changed'] : []),
    ...(isTouched(wanted.restartOn, around) || (wanted.restartOn.length > 0 && found.restart !== memo.restart)
      ? ['restart: what it is restarted for changes']
      : []),
    ...(isTouched(wanted.reloadOn, around) || (wanted.reloadOn.length > 0 && found.reload !== memo.reload)
      ? ['reload: its configuration changes']
      : []),
  ]
  return why.length > 0 ? { action: 'update', why, memo } : undefined
}

function isEnabled(found: Found): boolean {
  return found.UnitFileState !== 'disabled' && found.UnitFileState !== 'masked'
}

function isStarted(found: Found): boolean {
  return found.ActiveState === 'active' || found.ActiveState === 'reloading'
}

function idsOf(words: readonly string[]): readonly string[] {
  return words.flatMap((word) => (word.startsWith('/') ? pathKinds.map((kind) => `${kind} ${word}`) : [word]))
}

function isTouched(words: readonly string[], { changing }: Surroundings): boolean {
  return idsOf(words).some((id) => changing.has(id))
}

function stampsOf(wanted: Spec, around: Surroundings) {
  const stamp = (words: readonly string[]) =>
    digestOf(idsOf(words).map((id) => around.digestOf(id) ?? 'absent')).slice(0, 16)
  return { restart: stamp(wanted.restartOn), reload: stamp(wanted.reloadOn) }
}

function applyUnit(wanted: Spec, change: Change) {
  const { name } = wanted
  const restart =
    change.why.some((word) => word.startsWith('restart') || word.startsWith('its unit file')) ||
    change.action === 'create'
  const reload = change.why.some((word) => word.startsWith('reload'))
  const verb: Shell = restart ? sh`restart` : reload ? sh`reload-or-restart` : sh`start`
  return step(
    sh`systemctl daemon-reload`,
    sh`systemctl ${wanted.enabled ? sh`enable` : sh`disable`} --quiet -- ${name}`,
    wanted.started
      ? sh`systemctl reset-failed -- ${name} 2>/dev/null || :
if ! systemctl ${verb} -- ${name}; then systemctl status --no-pager -n 15 -- ${name} >&2 || :; exit 1; fi`
      : sh`systemctl stop -- ${name}`,
    sh`mkdir -p "$(dirname ${stampOf(name)})"; echo ${change.memo?.restart ?? ''} ${change.memo?.reload ?? ''} >${stampOf(name)}`,
  )
}

function stampOf(name: string): Shell {
  return sh`${{ shell: '"\u0024{COPSE_VAR:-/var/lib/copse}"' }}/stamps/${name}`
}

export const unitKind = defineKind(definition)

/** The stamps that a change of `id` makes untrue, by file name. */
export function unitsRestartedBy(wanted: readonly Bound[], id: string): readonly string[] {
  return wanted.flatMap((bound) => {
    if (bound.kind !== 'unit') return []
    const { name, restartOn, reloadOn } = spec.parse(bound.spec)
    return idsOf([...restartOn, ...reloadOn]).includes(id) ? [name] : []
  })
}

/** Settings of a unit. */
export interface UnitOptions {
  /** Starts at boot. Default true. */
  readonly enabled?: boolean
  /** Runs now. Default true. */
  readonly started?: boolean
  /** The unit file's text, where no package brings one. */
  readonly file?: string
  /** Restarted when these change: paths of files, or `kind key`. */
  readonly restartOn?: readonly string[]
  readonly reloadOn?: readonly string[]
}

/** A unit; a name without suffix is a service. */
export function unit(name: string, { file: content, ...options }: UnitOptions = {}): ResourceList {
  const full = /\.[a-z]+$/.test(name) ? name : `${name}.service`
  if (content === undefined) return [makeResource(definition, { name: full, ...options })]
  const path = `/etc/systemd/system/${full}`
  const own: Resource = file(path, { content })
  return [
    own,
    makeResource(definition, { name: full, ...options, restartOn: [...(options.restartOn ?? []), path] }),
  ]
}
