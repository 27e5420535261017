/** A systemd unit that nothing can start. */
import { z } from 'zod'
import { sh } from '../lib/shell.ts'
import type { Resource } from '../model/resource.ts'
import { defineKind, type KindDefinition, makeResource, step } from './kind.ts'
import { markNew, markOf } from './made.ts'
import { fullName, fullNameWord, shortName, unitName } from './unit-name.ts'
import { unitTableWord } from './unit-observe.ts'

const spec = z.strictObject({ name: unitName })

const definition: KindDefinition<z.output<typeof spec>> = {
  name: 'mask',
  spec,
  key: ({ name }) => shortName(name),
  hint: () => 'wanted',
  observe: `${fullNameWord}
${unitTableWord}
see() {
  full "$1"
  if [ -n "$2" ] || [ -e "\${COPSE_VAR:-/var/lib/copse}/made/mask/$1" ]; then printf '%s\\t%s\\n' "$name" "$1"; fi
}
rows=$(each see)
printf '%s\\n' "$rows" | cut -f 1 | table | ROWS=$rows awk '
  BEGIN { FS = "\\t"; split(ENVIRON["ROWS"], row, "\\n") }
  $1 == "masked" { split(row[NR], asked, "\\t"); printf "%s\\trunning=%s\\n", asked[2], $2 == "active" ? "yes" : "no" }'`,
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

/** Stops a unit and keeps everything from starting it; a name without suffix is a service. */
export function mask(name: string): Resource {
  return makeResource(definition, { name })
}
