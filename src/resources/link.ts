/** A symbolic link. */
import { z } from 'zod'
import { sh } from '../lib/shell.ts'
import type { Resource } from '../model/resource.ts'
import { defineKind, type KindDefinition, makeResource, step } from './kind.ts'
import {
  clearTemporary,
  makeParent,
  moveIntoPlace,
  observePaths,
  standingPath,
  temporaryOf,
} from './on-disk.ts'
import { keepOriginal, putBack } from './original.ts'
import { oneLine } from './words.ts'

const target = oneLine
  .min(1)
  .refine((text) => Buffer.byteLength(text) <= 4000, 'must have at most 4000 bytes')

const spec = z.strictObject({ path: standingPath, target })

const definition: KindDefinition<z.output<typeof spec>> = {
  name: 'link',
  spec,
  key: ({ path }) => path,
  imageNeeds: () => [],
  observe: observePaths(),
  diff(wanted, found) {
    if (!found) return { action: 'create', why: [] }
    if (found.type !== 'link') return { action: 'replace', why: [`is a ${found.type}, wanted a link`] }
    if (found.target === wanted.target) return undefined
    return { action: 'update', why: [`points at ${found.target}, wanted ${wanted.target}`] }
  },
  apply: (wanted) => ({
    prepare: keepOriginal(wanted.path),
    script: sh`${makeParent(wanted.path)}
${clearTemporary(wanted.path)}
ln -sT -- ${wanted.target} ${temporaryOf(wanted.path)}
${moveIntoPlace(wanted.path)}`,
  }),
  remove: (path) => step(sh`if [ -L ${path} ]; then`, putBack(path), sh`fi`),
}

export const linkKind = defineKind(definition)

/** A symbolic link at `path` that points at `target`; a file in its place is replaced, a directory only when empty. */
export function link(path: string, target: string): Resource {
  return makeResource(definition, { path, target })
}
