/** Archives on a real disk: unpacked whole or not at all, and never outside of their tree. */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { type Header, pack } from 'tar-stream'
import { describe, expect, test } from 'vitest'
import { type ArchiveOptions, archive } from '../../src/resources/archive.ts'
import { withSources } from '../../src/resources/sources.ts'
import { isRoot, LocalHost } from './local.ts'

/** An entry of a test archive: what is said of it; a file's body is its name. */
type Entry = Pick<Header, 'name'> & Partial<Header>

async function tarball(entries: readonly Entry[]): Promise<Buffer> {
  const tar = pack()
  for (const entry of entries) {
    if (entry.type === undefined || entry.type === 'file') tar.entry(entry, entry.name)
    else tar.entry(entry)
  }
  tar.finalize()
  return buffer(tar)
}

/** A host with one place for a tree and one archive. */
async function place(entries: readonly Entry[]) {
  const host = new LocalHost()
  const path = join(host.root, 'tree')
  const source = join(host.state, 'source.tar.gz')
  const refill = async (anew: readonly Entry[]) => writeFileSync(source, gzipSync(await tarball(anew)))
  await refill(entries)
  const wanted = (options: Omit<ArchiveOptions, 'source'> = {}) =>
    withSources(archive(path, { source, ...options }), (file) => readFileSync(file))
  return { host, path, refill, wanted, [Symbol.dispose]: () => host[Symbol.dispose]() }
}

const good: readonly Entry[] = [
  { name: 'app-1.0/', type: 'directory', mode: 0o755 },
  { name: 'app-1.0/bin/run', mode: 0o775 },
  { name: "app-1.0/it's $(id)\n", mode: 0o600 },
  { name: 'app-1.0/current', type: 'symlink', linkname: 'bin/../bin' },
  { name: 'app-1.0/..hidden', mode: 0o644 },
  { name: 'app-1.0/hard', type: 'link', linkname: 'app-1.0/bin/run' },
]

describe.skipIf(!isRoot)('an archive on disk', () => {
  test('is unpacked with its links, under one owner, without what its names begin with', async () => {
    using at = await place(good)
    at.host.apply(at.wanted({ strip: 1, owner: 'nobody', group: 'daemon' }))
    expect(readdirSync(at.path).sort()).toEqual(
      ['..hidden', '.copse-archive', 'bin', 'current', 'hard', "it's $(id)\n"].sort(),
    )
    expect(readFileSync(join(at.path, 'current/run'), 'utf8')).toBe('app-1.0/bin/run')
    expect(lstatSync(join(at.path, 'bin/run'))).toMatchObject({ uid: 65534, gid: 1, mode: 0o100755 })
    expect(at.host.diff(at.wanted({ strip: 1, owner: 'nobody', group: 'daemon' }))).toBeUndefined()
    expect(readdirSync(at.host.root)).toEqual(['tree'])
  })

  test('gives way as a whole to another one', async () => {
    using at = await place(good)
    at.host.apply(at.wanted())
    await at.refill([{ name: 'other' }])
    expect(at.host.apply(at.wanted())).toEqual({ action: 'update', why: ['comes from another archive'] })
    expect(readdirSync(at.path).sort()).toEqual(['.copse-archive', 'other'])
    expect(readdirSync(at.host.root)).toEqual(['tree'])
  })

  test('is gone when it is removed, and a tree that stood there before is back', async () => {
    using at = await place(good)
    at.host.apply(at.wanted())
    expect(at.host.remove(at.wanted())).toBe(true)
    expect(existsSync(at.path)).toBe(false)
    mkdirSync(join(at.path, 'data'), { recursive: true })
    expect(at.host.apply(at.wanted())).toEqual({ action: 'replace', why: ['does not come from an archive'] })
    at.host.remove(at.wanted())
    expect(readdirSync(at.path)).toEqual(['data'])
  })

  test("with a file of the stamp's name gets its own stamp", async () => {
    using at = await place([{ name: '.copse-archive', mode: 0o600 }])
    at.host.apply(at.wanted())
    expect(at.host.diff(at.wanted())).toBeUndefined()
    expect(statSync(join(at.path, '.copse-archive')).mode & 0o777).toBe(0o644)
  })

  test('does not go through a link in its place', async () => {
    using at = await place([{ name: 'data' }])
    const victim = join(at.host.root, 'victim')
    mkdirSync(victim)
    symlinkSync(victim, at.path)
    at.host.apply(at.wanted())
    expect([lstatSync(at.path).isDirectory(), readdirSync(victim)]).toEqual([true, []])
  })
})

const bad: readonly (readonly [string, readonly Entry[], RegExp])[] = [
  ['an absolute name', [{ name: '/tmp/copse-escaped' }], /a name outside of its tree/],
  ['a name that climbs', [{ name: 'a/../../escaped' }], /a name outside of its tree/],
  ['a name that is only a climb', [{ name: '..', type: 'directory' }], /a name outside of its tree/],
  ['an absolute link', [{ name: 'l', type: 'symlink', linkname: '/etc' }], /a link with an absolute target/],
  ['a link that climbs', [{ name: 'l', type: 'symlink', linkname: '../..' }], /a link out of its tree/],
  [
    'a link that climbs through another',
    [
      { name: 'a/b/up', type: 'symlink', linkname: '../..' },
      { name: 'a/l', type: 'symlink', linkname: 'b/up/..' },
    ],
    /a link out of its tree/,
  ],
  [
    'a file through a link',
    [{ name: 'l', type: 'symlink', linkname: '../..' }, { name: 'l/escaped' }],
    /code 2|a link out of its tree/,
  ],
  [
    'a link to its neighbour by the same name',
    [{ name: 'l', type: 'symlink', linkname: '../tree2' }],
    /a link out of/,
  ],
  [
    'a hard link out of the tree',
    [{ name: 'h', type: 'link', linkname: '../../../../etc/passwd' }],
    /code 2/,
  ],
  ['an absolute hard link', [{ name: 'h', type: 'link', linkname: '/etc/passwd' }], /code 2/],
  ['a device', [{ name: 'd', type: 'character-device', devmajor: 1, devminor: 5 }], /a device or a pipe/],
  ['a disk', [{ name: 'd', type: 'block-device', devmajor: 7, devminor: 0 }], /a device or a pipe/],
  ['a pipe', [{ name: 'p', type: 'fifo' }], /a device or a pipe/],
  ['a setuid file', [{ name: 's', mode: 0o4755 }], /a setuid or setgid entry/],
  ['a setgid file', [{ name: 's', mode: 0o2745 }], /a setuid or setgid entry/],
  [
    'a link for a stamp',
    [{ name: '.copse-archive', type: 'symlink', linkname: '../victim' }],
    /a link out of its tree/,
  ],
]

describe.skipIf(!isRoot)('an archive is refused, and what was there stays, when it holds', () => {
  test.each(bad)('%s', async (_what, entries, message) => {
    using at = await place([{ name: 'old' }])
    at.host.apply(at.wanted())
    writeFileSync(join(at.host.root, 'victim'), 'untouched')
    await at.refill([{ name: 'good' }, ...entries])
    expect(() => at.host.apply(at.wanted())).toThrow(message)
    expect(readdirSync(at.path).sort()).toEqual(['.copse-archive', 'old'])
    expect(readdirSync(at.host.root).sort()).toEqual(['tree', 'victim'])
    expect(readFileSync(join(at.host.root, 'victim'), 'utf8')).toBe('untouched')
    expect(existsSync('/tmp/copse-escaped')).toBe(false)
  })

  test('nothing that tar can read', async () => {
    using at = await place([{ name: 'old' }])
    writeFileSync(join(at.host.state, 'source.tar.gz'), 'no archive at all')
    expect(() => at.host.apply(at.wanted())).toThrow(/code 2/)
    expect(readdirSync(at.host.root)).toEqual([])
  })
})
