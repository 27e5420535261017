/** Every kind of resource, by name; a new kind is one file and one line here. */
import { fileKind } from './file.ts'
import type { Kind } from './kind.ts'
import { linkKind } from './link.ts'
import { packageKind } from './package.ts'
import { unitKind } from './unit.ts'

const kinds: readonly Kind[] = [packageKind, fileKind, linkKind, unitKind]

/** Finds a kind by name; undefined for a name that this version does not know. */
export function kindNamed(name: string): Kind | undefined {
  return kinds.find((kind) => kind.name === name)
}

/** All of them, in the order in which they are observed. */
export function allKinds(): readonly Kind[] {
  return kinds
}
