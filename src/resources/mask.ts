/** A systemd unit that nothing can start. */
import { z } from 'zod'
import { sh } from '../lib/shell.ts'
import type { Resource } from '../model/resource.ts'
import { defineKind, type KindDefinition, makeResource, step } from './kind.ts'
import { markNew, markOf } from './made.ts'
import { fullName, shortName, unitName } from './unit-name.ts'
import { observeEachUnit } from './unit-observe.ts'

const spec = z.strictObject({ name: unitName, unlessWanted: z.boolean().default(false) })

const definition: KindDefinition<z.output<typeof spec>> = {
  name: 'mask',
  spec,
  key: ({ name }) => shortName(name),
  hint: () => 'wanted',
  imageNeeds: () => [],
  observe: observeEachUnit(`for my $thing (grep { $_->{is}{LoadState} eq "masked" } @things) {
  next unless $thing->{hint} ne "" || -e "$var/made/mask/$thing->{key}";
  print "$thing->{key}\\trunning=", $thing->{is}{ActiveState} eq "active" ? "yes" : "no", "\\n";
}`),
  diff(_wanted, found) {
    if (!found) return { action: 'create', why: [] }
    return found.running === 'yes' ? { action: 'update', why: ['masked, but it still runs'] } : undefined
  },
  apply: ({ name }) => ({
    prepare: markNew(
      'mask',
      [shortName(name)],
      sh`[ "$(systemctl show -p LoadState --value -- "$key")" = masked ]`,
    ),
    script: sh`systemctl mask --quiet --now -- ${name}`,
  }),
  remove: (key) => step(sh`systemctl unmask --quiet -- ${fullName(key)}`, sh`rm -f ${markOf('mask', key)}`),
}

export const maskKind = defineKind(definition)

/** Settings of a mask. */
export interface MaskOptions {
  /** Left out where something else on the host wants the unit to run. Default false: that is a mistake in the config. */
  readonly unlessWanted?: boolean
}

/** Stops a unit and keeps everything from starting it; a name without suffix is a service. */
export function mask(name: string, options: MaskOptions = {}): Resource {
  return makeResource(definition, { name, ...options })
}
