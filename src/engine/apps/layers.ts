/** What an artifact is made of, as the CI host lists it (`src/roles/ci/host/pack.pl`). Pure. */
import { sha256 } from '../../lib/digest.ts'
import { CopseError } from '../../lib/errors.ts'

/** A part of an artifact, which others may have in common. */
export interface Layer {
  /** SHA-256 of its tar. */
  readonly digest: string
  /** Where it is in the artifact: `.` for the first. */
  readonly path: string
}

/** Throws CopseError `failed` where the list is not that of the artifact. */
export function parseLayers(artifact: string, list: string): readonly Layer[] {
  if (sha256(list) !== artifact)
    throw new CopseError('failed', `what the artifact ${artifact} is made of came as something else`)
  return list
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [, digest = '', path = ''] = /^([0-9a-f]{64}) (\S+)$/.exec(line) ?? []
      if (digest === '') throw new CopseError('failed', `the artifact ${artifact} has no such layer: ${line}`)
      return { digest, path }
    })
}
