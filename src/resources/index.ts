/** Every kind of resource, by name; a new kind is one file and one line here. */
import { archiveKind } from './archive.ts'
import { authorizedKeysKind } from './authorized-keys.ts'
import { certificateKind } from './certificate.ts'
import { commandKind } from './command.ts'
import { directoryKind } from './directory.ts'
import { fileKind } from './file.ts'
import { groupKind } from './group.ts'
import type { Kind } from './kind.ts'
import { lineKind } from './line.ts'
import { linkKind } from './link.ts'
import { maskKind } from './mask.ts'
import { packageKind } from './package.ts'
import { releaseKind } from './release.ts'
import { sysctlKind } from './sysctl.ts'
import { unitKind } from './unit.ts'
import { userKind } from './user.ts'

const kinds: readonly Kind[] = [
  packageKind,
  groupKind,
  userKind,
  authorizedKeysKind,
  directoryKind,
  fileKind,
  linkKind,
  archiveKind,
  lineKind,
  certificateKind,
  commandKind,
  releaseKind,
  unitKind,
  maskKind,
  sysctlKind,
]

/** Finds a kind by name; undefined for a name that this version does not know. */
export function kindNamed(name: string): Kind | undefined {
  return kinds.find((kind) => kind.name === name)
}

/** All of them, in the order in which they are observed. */
export function allKinds(): readonly Kind[] {
  return kinds
}
