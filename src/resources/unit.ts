/** A systemd unit: enabled, started, and restarted or reloaded for what it names. */
import { z } from 'zod'
import { digestOf } from '../lib/digest.ts'
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
} from './kind.ts'
import { fullName, shortName, unitName } from './unit-name.ts'
import { observeUnits } from './unit-observe.ts'
import { letGo, settle, type Verb } from './unit-step.ts'
import { oneLine } from './words.ts'

const spec = z.strictObject({
  name: unitName,
  enabled: z.boolean().default(true),
  started: z.boolean().default(true),
  restartOn: z.array(oneLine.min(1)).default([]),
  reloadOn: z.array(oneLine.min(1)).default([]),
})

/** What is wanted of one unit. */
export type UnitSpec = z.output<typeof spec>

const definition: KindDefinition<UnitSpec> = {
  name: 'unit',
  spec,
  key: ({ name }) => shortName(name),
  hint: () => 'wanted',
  observe: observeUnits,
  diff,
  apply: (wanted, change) => settle(wanted, change.memo ?? {}),
  remove: letGo,
}

function diff(wanted: UnitSpec, found: Found | undefined, around: Surroundings): Change | undefined {
  const stamps = { restart: stampOf(wanted.restartOn, around), reload: stampOf(wanted.reloadOn, around) }
  const need = wanted.started ? whyRun(wanted, found, { around, stamps }) : whyStop(found)
  const why = [
    ...(found?.load === 'masked' && (wanted.enabled || wanted.started) ? ['masked'] : []),
    ...(found?.load !== undefined && !['loaded', 'masked'].includes(found.load)
      ? [`systemd cannot load it (${found.load})`]
      : []),
    ...whyEnable(wanted, found),
    ...need.why,
    ...(found?.outdated === 'yes' ? ['systemd has not read its changed files'] : []),
  ]
  if (why.length === 0 && (found || !(wanted.enabled || wanted.started))) return undefined
  return { action: found ? 'update' : 'create', why: found ? why : [], memo: { verb: need.verb, ...stamps } }
}

/** Units that cannot be enabled, because something else pulls them in, count as enabled. */
function whyEnable({ enabled }: UnitSpec, found: Found | undefined): readonly string[] {
  const isEnabled = !['disabled', 'enabled-runtime', 'linked', 'linked-runtime', 'masked'].includes(
    found?.enabled ?? '',
  )
  if (!found || found.load === 'masked') return []
  if (enabled) return isEnabled ? [] : ['not enabled']
  return ['enabled', 'enabled-runtime'].includes(found.enabled ?? '') ? ['enabled, wanted not'] : []
}

interface Need {
  readonly verb: Verb
  readonly why: readonly string[]
}

function whyStop(found: Found | undefined): Need {
  return found?.state === 'running'
    ? { verb: 'stop', why: ['running, wanted stopped'] }
    : { verb: 'none', why: [] }
}

/** What runs once and ends is as wanted when it has run for its present inputs. */
function whyRun(
  wanted: UnitSpec,
  found: Found | undefined,
  {
    around,
    stamps,
  }: { readonly around: Surroundings; readonly stamps: Readonly<Record<'restart' | 'reload', string>> },
): Need {
  if (!found) return { verb: 'restart', why: [] }
  if (found.state === 'failed') return { verb: 'restart', why: ['failed, wanted running'] }
  if (found.state === 'stopped' && found.once !== 'yes')
    return { verb: 'start', why: ['stopped, wanted running'] }
  const restart = whyAgain(
    wanted.restartOn,
    around,
    isCurrent(found.restart, stamps.restart, found.once === 'yes'),
  )
  if (restart) return { verb: 'restart', why: [`restart: ${restart}`] }
  const reload = whyAgain(wanted.reloadOn, around, isCurrent(found.reload, stamps.reload, false))
  return reload ? { verb: 'reload', why: [`reload: ${reload}`] } : { verb: 'none', why: [] }
}

/** A unit without inputs needs no stamp, unless it must have run once. */
function isCurrent(found: string | undefined, wanted: string, isNeeded: boolean): boolean {
  return found === wanted || (!isNeeded && !found && wanted === none)
}

function whyAgain(inputs: readonly string[], around: Surroundings, isCurrent: boolean): string | undefined {
  const changing = inputs.filter((input) => idsOf(input).some((id) => around.changing.has(id)))
  if (changing.length > 0)
    return `${changing.map((input) => input.split('/').at(-1) ?? input).join(', ')} changes`
  return isCurrent ? undefined : 'it may still run with former settings'
}

const none = 'none'

/** What a unit was started with, as one word. An input that nobody wants counts as absent. */
function stampOf(inputs: readonly string[], around: Surroundings): string {
  if (inputs.length === 0) return none
  const digests = inputs.flatMap(idsOf).map((id) => [id, around.digestOf(id) ?? 'absent'])
  return digestOf(digests.toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1))).slice(0, 16)
}

/** Kinds whose key is a path: what an input means that is a bare path. */
const pathKinds = ['file', 'link', 'archive', 'directory']

/** The resources, as `kind key`, that an input may mean. */
function idsOf(input: string): readonly string[] {
  return input.startsWith('/') ? pathKinds.map((kind) => `${kind} ${input}`) : [input]
}

export const unitKind = defineKind(definition)

/** The stamps that a change of the resource `id` makes untrue, by file name. */
export function unitsRestartedBy(wanted: readonly Bound[], id: string): readonly string[] {
  return wanted.flatMap((bound) => {
    if (bound.kind !== 'unit') return []
    const { name, restartOn, reloadOn } = spec.parse(bound.spec)
    return [...restartOn, ...reloadOn].some((input) => idsOf(input).includes(id)) ? [name] : []
  })
}

/** Settings of a unit besides its name. */
export interface UnitOptions {
  /** Starts at boot. Default true. */
  readonly enabled?: boolean
  /** Runs now; a oneshot service has run. Default true. */
  readonly started?: boolean
  /** The text of its unit file, where no package brings one. The unit restarts when it changes. */
  readonly file?: string
  /** Settings on top of the unit file that its package brings. The unit restarts when they change. */
  readonly dropIn?: string
  /** It is restarted when one of these changes: other resources, or paths for the files, links and archives there. */
  readonly restartOn?: readonly (string | Resource)[]
  /** It is reloaded when one of these changes; restarted where it cannot reload. */
  readonly reloadOn?: readonly (string | Resource)[]
}

/**
 * A systemd unit; a name without suffix is a service. It is stopped and disabled when it is no longer wanted, but
 * for one that ran before copse: that is left as it is.
 */
export function unit(name: string, options: UnitOptions = {}): ResourceList {
  const { file: content, dropIn, restartOn = [], reloadOn = [], ...rest } = options
  const path = `/etc/systemd/system/${fullName(name)}`
  const files = [
    ...(content === undefined ? [] : [file(path, { content })]),
    ...(dropIn === undefined ? [] : [file(`${path}.d/copse.conf`, { content: dropIn })]),
  ]
  const inputs = { restartOn: [...restartOn, ...files].map(inputOf), reloadOn: reloadOn.map(inputOf) }
  return [...files, makeResource(definition, { name, ...rest, ...inputs })]
}

function inputOf(input: string | Resource): string {
  return typeof input === 'string' ? input : `${input.kind} ${input.key}`
}
