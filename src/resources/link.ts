/** A symbolic link. */
import { z } from 'zod'
import { sh } from '../lib/shell.ts'
import type { Resource } from '../model/resource.ts'
import { defineKind, type KindDefinition, makeResource, step } from './kind.ts'
import { absolutePath, oneLine } from './words.ts'

const spec = z.strictObject({ path: absolutePath, target: oneLine.min(1) })

const definition: KindDefinition<z.output<typeof spec>> = {
  name: 'link',
  spec,
  key: ({ path }) => path,
  observe: `see() {
  if [ -L "$1" ]; then printf '%s\\ttarget=%s\\n' "$1" "$(readlink "$1" | enc)"
  elif [ -e "$1" ]; then printf '%s\\tother=%s\\n' "$1" "$(stat -c %F "$1")"; fi
}
each see`,
  diff(wanted, found) {
    if (!found) return { action: 'create', why: [] }
    if (found.other) return { action: 'replace', why: [`is a ${found.other}, wanted a link`] }
    if (found.target === wanted.target) return undefined
    return { action: 'update', why: [`points at ${found.target}, wanted ${wanted.target}`] }
  },
  apply: ({ path, target }) =>
    step(
      sh`if [ -d ${path} ] && [ ! -L ${path} ]; then rmdir ${path}; fi`,
      sh`mkdir -p "$(dirname ${path})"`,
      sh`ln -sfn ${target} ${`${path}.copse`} && mv -Tf ${`${path}.copse`} ${path}`,
    ),
  remove: (path) => step(sh`rm -f ${path}`),
}

export const linkKind = defineKind(definition)

/** A symbolic link at `path` that points at `target`; a file in its place is replaced, a directory only when empty. */
export function link(path: string, target: string): Resource {
  return makeResource(definition, { path, target })
}
