/** Reads the files that a config's resources are made of. */
import { readFileSync, statSync } from 'node:fs'
import type { Read } from './merge.ts'

/** Reads each file once; only plain files, because others may never end. */
export function reader(): Read {
  const known = new Map<string, Uint8Array>()
  return (file) => {
    const bytes = known.get(file) ?? readPlain(file)
    known.set(file, bytes)
    return bytes
  }
}

function readPlain(file: string): Uint8Array {
  const found = statSync(file, { throwIfNoEntry: false })
  if (!found) throw new Error('there is no such file')
  if (!found.isFile()) throw new Error('it is not a plain file')
  return readFileSync(file)
}
