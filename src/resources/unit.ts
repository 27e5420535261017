/** A systemd unit: enabled, started, and restarted or reloaded for what it names. */
import { z } from 'zod'
import type { Resource, ResourceList } from '../model/resource.ts'
import { file } from './file.ts'
import { type Bound, defineKind, type KindDefinition, makeResource } from './kind.ts'
import { diffUnit } from './unit-diff.ts'
import { fullName, shortName, unitName } from './unit-name.ts'
import { observeUnits } from './unit-observe.ts'
import { idsOf } from './unit-stamp.ts'
import { letGo, settle } from './unit-step.ts'
import { oneLine } from './words.ts'

const spec = z.strictObject({
  name: unitName,
  enabled: z.boolean().default(true),
  started: z.boolean().default(true),
  restartOn: z.array(oneLine.min(1)).default([]),
  reloadOn: z.array(oneLine.min(1)).default([]),
  confirm: z.boolean().optional(),
})

/** What is wanted of one unit. */
export type UnitSpec = z.output<typeof spec>

const definition: KindDefinition<UnitSpec> = {
  name: 'unit',
  spec,
  key: ({ name }) => shortName(name),
  hint: () => 'wanted',
  // One that names nothing may have settings that only the host itself has; a timer starts nothing at once.
  imageNeeds: ({ name, restartOn, reloadOn }) => {
    const inputs = [...restartOn, ...reloadOn].flatMap(idsOf)
    return inputs.length > 0 || name.endsWith('.timer') ? inputs : undefined
  },
  observe: observeUnits,
  diff: diffUnit,
  apply: (wanted, change, found) => settle(wanted, change.memo ?? {}, found),
  remove: letGo,
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
  /**
   * For one that can lock us out by what it does and opens the host when it stops: once it has been started, restarted or
   * reloaded, without a new login it is stopped and no longer starts at boot. Default: true for nftables, ufw and firewalld.
   */
  readonly confirm?: boolean
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
