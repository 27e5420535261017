import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { extract } from 'tar-stream'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { sha256 } from '../lib/digest.ts'
import { packArchive } from './archive.ts'
import type { Archive } from './transport.ts'

let directory = ''
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'archive-'))
})
afterEach(() => rm(directory, { recursive: true }))

async function unpack(archive: Archive): Promise<readonly (readonly [string, string])[]> {
  const entries: [string, string][] = []
  const reader = extract()
  const read = async () => {
    for await (const entry of reader) entries.push([entry.header.name, await text(entry)])
  }
  const [sent] = await Promise.allSettled([pipeline(packArchive(archive), reader), read()])
  if (sent.status === 'rejected') throw sent.reason
  return entries
}

async function fileOf(content: string) {
  const file = join(directory, 'payload')
  await writeFile(file, content)
  return { file, digest: sha256(content) }
}

describe('an archive', () => {
  test('holds texts and files byte for byte, main last', async () => {
    const big = 'x'.repeat(300_000)
    const entries = await unpack({
      main: { text: 'true' },
      empty: { text: '' },
      big: await fileOf(big),
      'kind/fil\u00e9': { text: 'caf\u00e9\n' },
    })
    expect(entries).toEqual([
      ['empty', ''],
      ['big', big],
      ['kind/fil\u00e9', 'caf\u00e9\n'],
      ['main', 'true'],
    ])
  })

  test('carries an empty file', async () => {
    expect(await unpack({ main: { text: '' }, file: await fileOf('') })).toContainEqual(['file', ''])
  })

  test.each(['grew and changed', ''])('is refused when a file has become %j', async (now) => {
    const payload = await fileOf('as planned')
    await writeFile(payload.file, now)
    const archive = { main: { text: 'true' }, long: { text: 'y'.repeat(500_000) }, payload }
    await expect(unpack(archive)).rejects.toMatchObject({ code: 'refused', hint: 'plan again' })
  })

  test('reports a file that is gone', async () => {
    const archive = { main: { text: '' }, file: { file: join(directory, 'none'), digest: '' } }
    await expect(unpack(archive)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test.each(['../out', '/etc/passwd', 'a/../b', 'a//b', './a', '', 'a\0b'])(
    'has no place for the path %j',
    async (name) => {
      await expect(unpack({ main: { text: '' }, [name]: { text: '' } })).rejects.toThrow(TypeError)
    },
  )

  test('stops quietly when its reader does', async () => {
    const archive = {
      main: { text: 'true' },
      a: { text: 'y'.repeat(500_000) },
      b: await fileOf('z'.repeat(500_000)),
    }
    for await (const bytes of packArchive(archive)) {
      expect(bytes).toBeInstanceOf(Uint8Array)
      break
    }
  })
})
