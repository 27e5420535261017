/** Packs an archive as a tar stream: what a host is sent on standard input. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { pack as openPack, type Pack } from 'tar-stream'
import { CopseError } from '../lib/errors.ts'
import type { Sendable } from '../resources/kind.ts'
import type { Archive } from './transport.ts'

/**
 * The archive's bytes. `main` comes last: a stream that is cut off holds no script that could run.
 * Throws CopseError `refused` when a file is no longer what its digest says.
 */
export async function* packArchive(archive: Archive): AsyncGenerator<unknown> {
  const { main, ...others } = archive
  if (!main) throw new TypeError('an archive needs a main script')
  const pack = openPack()
  void fill(pack, [...Object.entries(others), ['main', main]]).catch((error) => pack.destroy(error))
  yield* pack
}

async function fill(pack: Pack, entries: readonly (readonly [string, Sendable])[]): Promise<void> {
  for (const [name, payload] of entries) {
    if (!isInside(name)) throw new TypeError(`not a path inside an archive: ${JSON.stringify(name)}`)
    if ('text' in payload) pack.entry({ name, mode: 0o600 }, payload.text)
    else await addFile(pack, name, payload)
  }
  pack.finalize()
}

/** Relative, and without a way out of the directory that it is unpacked into. */
function isInside(name: string): boolean {
  return !name.includes('\0') && name.split('/').every((part) => !['', '.', '..'].includes(part))
}

async function addFile(
  pack: Pack,
  name: string,
  { file, digest }: Extract<Sendable, { file: string }>,
): Promise<void> {
  const { size } = await stat(file)
  const hash = createHash('sha256')
  const sink = pack.entry({ name, mode: 0o600, size })
  await pipeline(
    // No further than the size that the header promises, should the file be growing.
    createReadStream(file, { end: Math.max(size - 1, 0) }),
    async function* (chunks: AsyncIterable<Uint8Array>) {
      let length = 0
      for await (const chunk of chunks) {
        length += chunk.length
        hash.update(chunk)
        yield chunk
      }
      if (length !== size || hash.digest('hex') !== digest) throw changed(file)
    },
    sink,
  )
}

function changed(file: string): CopseError {
  return new CopseError('refused', `${file} has changed since it was read: its digest is another`, {
    hint: 'plan again',
  })
}
