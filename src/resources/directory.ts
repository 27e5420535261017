/** A directory: its owner, group and mode, and whether strangers in it are removed. */
import { z } from 'zod'
import { sh } from '../lib/shell.ts'
import type { Resource } from '../model/resource.ts'
import { type Change, defineKind, type Found, type KindDefinition, makeResource, step } from './kind.ts'
import { absolutePath, accountName, fileMode, octal, oneLine } from './words.ts'

const spec = z.strictObject({
  path: absolutePath,
  owner: accountName.default('root'),
  group: accountName.default('root'),
  mode: fileMode.default(0o755),
  exclusive: z.boolean().default(false),
  /** Entries of an exclusive directory that stay: the engine fills in those of the host's other resources. */
  keep: z.array(oneLine).default([]),
})

type Spec = z.output<typeof spec>

const definition: KindDefinition<Spec> = {
  name: 'directory',
  spec,
  key: ({ path }) => path,
  hint: ({ exclusive }) => (exclusive ? 'entries' : ''),
  observe: `see() {
  if [ -L "$1" ]; then printf '%s\\tother=symbolic link\\n' "$1"
  elif [ -d "$1" ]; then
    printf '%s\\t%s' "$1" "$(stat -c "owner=%U\${tab}group=%G\${tab}mode=%a" "$1")"
    if [ "$2" = entries ]; then printf '\\tentries=%s' "$(LC_ALL=C ls -A "$1" | enc)"; fi
    echo
  elif [ -e "$1" ]; then printf '%s\\tother=%s\\n' "$1" "$(stat -c %F "$1")"; fi
}
each see`,
  diff,
  apply: (wanted, _change, found) =>
    step(
      sh`if [ -e ${wanted.path} ] && [ ! -d ${wanted.path} ] || [ -L ${wanted.path} ]; then rm -f ${wanted.path}; fi`,
      sh`mkdir -p ${wanted.path}`,
      sh`chown ${`${wanted.owner}:${wanted.group}`} ${wanted.path}`,
      sh`chmod ${octal(wanted.mode)} ${wanted.path}`,
      ...strangers(wanted, found).map((name) => sh`rm -rf ${`${wanted.path}/${name}`}`),
    ),
  remove: (path) => step(sh`rmdir --ignore-fail-on-non-empty ${path}`),
}

function diff(wanted: Spec, found: Found | undefined): Change | undefined {
  if (!found) return { action: 'create', why: [] }
  if (found.other) return { action: 'replace', why: [`is a ${found.other}, wanted a directory`] }
  const facts = { owner: wanted.owner, group: wanted.group, mode: octal(wanted.mode).replace(/^0+(?=.)/, '') }
  const why = Object.entries(facts).flatMap(([name, value]) =>
    found[name] === value ? [] : [`${name} ${found[name]}, wanted ${value}`],
  )
  const others = strangers(wanted, found).map((name) => `${name} does not belong here`)
  return why.length + others.length > 0 ? { action: 'update', why: [...why, ...others] } : undefined
}

function strangers({ exclusive, keep }: Spec, found: Found | undefined): readonly string[] {
  if (!exclusive || !found?.entries) return []
  return found.entries.split('\n').filter((name) => name !== '' && !keep.includes(name))
}

export const directoryKind = defineKind(definition)

/** Settings of a directory besides its path. */
export type DirectoryOptions = Omit<z.input<typeof spec>, 'path'>

/** A directory; `exclusive` removes entries that no resource of the host names. Only removed again when empty. */
export function directory(path: string, options: DirectoryOptions = {}): Resource {
  return makeResource(definition, { path, ...options })
}
