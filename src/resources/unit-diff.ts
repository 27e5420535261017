/** What differs between a wanted unit and what systemd told of it. */
import type { Change, Found, Surroundings } from './kind.ts'
import type { UnitSpec } from './unit.ts'
import { idsOf, isUnitFile, noInputs, stampOf } from './unit-stamp.ts'

/** What happens to the unit itself. */
export type Verb = 'restart' | 'reload' | 'start' | 'stop' | 'none'

/** What applying needs: the verb, and the stamps of what the unit then runs with. */
export interface UnitMemo extends Readonly<Record<string, string>> {
  readonly verb: Verb
  /** `keep`: it is as wanted, and to say so again would take systemd half a second. */
  readonly boot: 'enable' | 'disable' | 'keep'
  readonly restart: string
  readonly reload: string
}

/** A unit that systemd does not know is as wanted when it must neither run nor be enabled. */
export function diffUnit(
  wanted: UnitSpec,
  found: Found | undefined,
  around: Surroundings,
): Change | undefined {
  const stamps = { restart: stampOf(wanted.restartOn, around), reload: stampOf(wanted.reloadOn, around) }
  if (!found) {
    const boot = wanted.enabled ? 'enable' : 'keep'
    const memo: UnitMemo = { verb: wanted.started ? 'restart' : 'none', boot, ...stamps }
    return wanted.enabled || wanted.started ? { action: 'create', why: [], memo } : undefined
  }
  const { verb, why: need } = needOf(wanted, found, { around, stamps })
  const whyBoot = whyEnable(wanted, found)
  const why = [
    ...whyLoad(wanted, found),
    ...whyBoot,
    ...need,
    ...(found.outdated === 'yes' ? ['systemd has not read its changed files'] : []),
  ]
  // A masked one tells nothing of what it is below its mask.
  const isUnclear = whyBoot.length > 0 || found.load !== 'loaded'
  const boot = isUnclear ? (wanted.enabled ? 'enable' : 'disable') : 'keep'
  const memo: UnitMemo = { verb, boot, ...stamps }
  return why.length > 0 ? { action: 'update', why, memo } : undefined
}

function whyLoad({ enabled, started }: UnitSpec, { load }: Found): readonly string[] {
  if (load === 'masked') return enabled || started ? ['masked'] : []
  return load === 'loaded' ? [] : [`systemd cannot load it (${load})`]
}

const notEnabled = ['disabled', 'enabled-runtime', 'linked', 'linked-runtime']

/** Units that cannot be enabled, because something else pulls them in, count as enabled. */
function whyEnable(wanted: UnitSpec, { load, enabled = '' }: Found): readonly string[] {
  if (load === 'masked') return []
  if (wanted.enabled) return notEnabled.includes(enabled) ? ['not enabled'] : []
  return enabled.startsWith('enabled') ? ['enabled, wanted not'] : []
}

interface Now {
  readonly around: Surroundings
  readonly stamps: Readonly<Record<'restart' | 'reload', string>>
}

interface Need {
  readonly verb: Verb
  readonly why: readonly string[]
}

function needOf(wanted: UnitSpec, found: Found, { around, stamps }: Now): Need {
  const isOnce = found.once === 'yes'
  const restart = whyAgain(wanted.restartOn, around, isCurrent(found.restart, stamps.restart, isOnce))
  if (!wanted.started) return needStopped(wanted, found, restart)
  if (found.state === 'failed') return { verb: 'restart', why: ['failed, wanted running'] }
  // What runs once and ends is as wanted when it has run for its present inputs.
  if (found.state === 'stopped' && !isOnce) return { verb: 'start', why: ['stopped, wanted running'] }
  if (restart) return { verb: 'restart', why: [`restart: ${restart}`] }
  const reload = whyAgain(wanted.reloadOn, around, isCurrent(found.reload, stamps.reload, false))
  return reload ? { verb: 'reload', why: [`reload: ${reload}`] } : { verb: 'none', why: [] }
}

/** Nothing is restarted, but whoever starts it must get its present files. */
function needStopped({ restartOn }: UnitSpec, { state }: Found, restart: string | undefined): Need {
  if (state === 'running') return { verb: 'stop', why: ['running, wanted stopped'] }
  const isOutdated = restart !== undefined && restartOn.some(isUnitFile)
  return { verb: 'none', why: isOutdated ? ['systemd must read its files again'] : [] }
}

/** A unit without inputs needs no stamp, unless it must have run once. */
function isCurrent(found: string | undefined, wanted: string, isNeeded: boolean): boolean {
  return found === wanted || (!isNeeded && !found && wanted === noInputs)
}

function whyAgain(
  inputs: readonly string[],
  { changing }: Surroundings,
  isCurrent: boolean,
): string | undefined {
  const changed = inputs.filter((input) => idsOf(input).some((id) => changing.has(id)))
  if (changed.length === 0) return isCurrent ? undefined : 'it may still run with former settings'
  return `${changed.map((input) => input.split('/').at(-1) ?? input).join(', ')} changes`
}
