/** A group of accounts. */
import { z } from 'zod'
import { sh } from '../lib/shell.ts'
import type { Resource } from '../model/resource.ts'
import { defineKind, type KindDefinition, makeResource } from './kind.ts'
import { markNew, markOf } from './made.ts'
import { accountId, accountName } from './words.ts'

const spec = z.strictObject({
  name: accountName,
  gid: accountId.optional(),
  system: z.boolean().default(false),
})

const definition: KindDefinition<z.output<typeof spec>> = {
  name: 'group',
  spec,
  key: ({ name }) => name,
  hint: () => 'wanted',
  imageNeeds: () => [],
  observe: {
    sh: `made="\${COPSE_VAR:-/var/lib/copse}/made/group"
see() { if [ -n "$2" ] || [ -e "$made/$1" ]; then echo "$1"; fi; }
{ each see; echo; getent group; } | awk -F : '
  /^$/ { listed = 1; next }
  !listed { asked[$0]; next }
  $1 in asked { printf "%s\\tgid=%s\\n", $1, $3; delete asked[$1] }'`,
  },
  diff({ gid }, found) {
    if (!found) return { action: 'create', why: [] }
    if (gid === undefined || found.gid === String(gid)) return undefined
    return { action: 'update', why: [`gid ${found.gid}, wanted ${gid}`] }
  },
  apply({ name, gid, system }, { action }) {
    const id = gid === undefined ? [] : ['--gid', gid]
    return {
      prepare: markNew('group', [name], sh`getent group "$key"`),
      script:
        action === 'create'
          ? sh`groupadd ${[...id, ...(system ? ['--system'] : [])]} -- ${name}`
          : sh`groupmod ${id} -- ${name}`,
    }
  },
  // Removing a user takes the group of the same name along.
  remove: (name) => ({
    script: sh`if getent group ${name} >/dev/null; then groupdel -- ${name}; fi
rm -f ${markOf('group', name)}`,
  }),
}

export const groupKind = defineKind(definition)

/** Settings of a group besides its name. */
export type GroupOptions = Omit<z.input<typeof spec>, 'name'>

/** A group; its number is left to the host unless `gid` gives it. Only a group that copse made is removed. */
export function group(name: string, options: GroupOptions = {}): Resource {
  return makeResource(definition, { name, ...options })
}
