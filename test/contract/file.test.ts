/** Files on a real disk: never torn, never through a link, and what stood there before comes back. */
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type FileOptions, file } from '../../src/resources/file.ts'
import { temporaryOf } from '../../src/resources/on-disk.ts'
import { withSources } from '../../src/resources/sources.ts'
import { isRoot, LocalHost, StepFailed } from './local.ts'

/** Settings of a file that holds text. */
type Options = Partial<Omit<FileOptions, 'source' | 'template' | 'values'>>

/** A host with one place for a file in it. */
function place() {
  const host = new LocalHost()
  const path = join(host.root, 'file.conf')
  const wanted = ({ content = 'new\n', ...options }: Options = {}) => file(path, { content, ...options })
  return { host, path, wanted, [Symbol.dispose]: () => host[Symbol.dispose]() }
}

const modeOf = (path: string) => statSync(path).mode & 0o7777

describe.skipIf(!isRoot)('a file on disk', () => {
  test('gets owner, group and mode, and its parents are open to all', () => {
    using at = place()
    const path = join(at.host.root, 'a/b/c')
    at.host.apply(file(path, { content: 'x', owner: 'nobody', group: 'daemon', mode: 0o4750 }))
    expect(lstatSync(path)).toMatchObject({ uid: 65534, gid: 1 })
    expect(modeOf(path)).toBe(0o4750)
    expect(modeOf(join(at.host.root, 'a/b'))).toBe(0o755)
  })

  test('with a wrong mode or owner keeps its inode and its time', () => {
    using at = place()
    at.host.apply(at.wanted())
    chmodSync(at.path, 0o666)
    chownSync(at.path, 65534, 1)
    const before = statSync(at.path)
    expect(at.host.apply(at.wanted())?.why).toEqual([
      'owner nobody, wanted root',
      'group daemon, wanted root',
      'mode 0666, wanted 0644',
    ])
    expect(statSync(at.path)).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs, uid: 0, gid: 0 })
    expect(modeOf(at.path)).toBe(0o644)
  })

  test('replaces a link and leaves alone what it pointed at', () => {
    using at = place()
    const victim = join(at.host.root, 'victim')
    writeFileSync(victim, 'untouched', { mode: 0o600 })
    symlinkSync(victim, at.path)
    expect(at.host.apply(at.wanted())?.action).toBe('replace')
    expect(lstatSync(at.path).isFile()).toBe(true)
    expect([readFileSync(victim, 'utf8'), modeOf(victim)]).toEqual(['untouched', 0o600])
  })

  test('does not go through a link planted under its temporary name', () => {
    using at = place()
    const victim = join(at.host.root, 'victim')
    writeFileSync(victim, 'untouched')
    symlinkSync(victim, temporaryOf(at.path))
    at.host.apply(at.wanted())
    expect(readFileSync(victim, 'utf8')).toBe('untouched')
    expect(readdirSync(at.host.root).sort()).toEqual(['file.conf', 'victim'])
  })

  test('does not change the mode of what a link planted in its place points at', () => {
    using at = place()
    at.host.apply(at.wanted())
    const victim = join(at.host.root, 'victim')
    writeFileSync(victim, '', { mode: 0o600 })
    const { step } = at.host.plan(at.wanted({ mode: 0o666 }))
    spawnSync('ln', ['-sfn', victim, at.path])
    expect(() => step && at.host.run(step)).toThrow(/is a link, or was replaced meanwhile/)
    expect(modeOf(victim)).toBe(0o600)
  })

  test('that its validator refuses leaves the old one, and nothing else, behind', () => {
    using at = place()
    at.host.apply(at.wanted({ content: 'old\n' }))
    const refused = at.wanted({ validate: 'grep -q old %s' })
    expect(() => at.host.apply(refused)).toThrow(/file.conf stays as it is: grep -q old %s refused/)
    expect(readFileSync(at.path, 'utf8')).toBe('old\n')
    expect(readdirSync(at.host.root)).toEqual(['file.conf'])
    at.host.apply(at.wanted({ validate: 'test "%s" != file.conf && grep -q new <%s' }))
    expect(readFileSync(at.path, 'utf8')).toBe('new\n')
  })

  test('on a full disk stays as it is, and nothing is left beside it', ({ skip }) => {
    using at = place()
    const disk = join(at.host.root, 'disk')
    mkdirSync(disk)
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'copse-contract', disk]).status === 0
    skip(!mounted, 'mounting is not allowed here')
    try {
      const path = join(disk, 'file')
      at.host.apply(file(path, { content: 'old\n' }))
      const large = file(path, { content: 'x'.repeat(200_000) })
      expect(() => at.host.apply(large)).toThrow(/No space left/)
      expect(readFileSync(path, 'utf8')).toBe('old\n')
      expect(readdirSync(disk)).toEqual(['file'])
    } finally {
      spawnSync('umount', [disk])
    }
  })

  test('clears what a power cut left under its temporary name', () => {
    using at = place()
    mkdirSync(join(temporaryOf(at.path), 'half'), { recursive: true })
    at.host.apply(at.wanted())
    expect(readdirSync(at.host.root)).toEqual(['file.conf'])
  })

  test('does not take the place of a directory with things in it', () => {
    using at = place()
    mkdirSync(join(at.path, 'kept'), { recursive: true })
    expect(() => at.host.apply(at.wanted())).toThrow(StepFailed)
    expect(readdirSync(at.host.root)).toEqual(['file.conf'])
    expect(existsSync(join(at.path, 'kept'))).toBe(true)
  })

  test('that is secret is never printed, and is closed to others', () => {
    using at = place()
    writeFileSync(at.path, 'canary-before', { mode: 0o644 })
    const secret = at.wanted({ content: 'canary-after', secret: true })
    expect(JSON.stringify([...at.host.observe([secret])])).not.toContain('canary')
    expect(JSON.stringify(at.host.apply(secret))).not.toContain('canary')
    expect(modeOf(at.path)).toBe(0o600)
  })

  test.each([
    ['that is not UTF-8', Buffer.from([0x66, 0xff, 0x0a])],
    ['that holds a NUL', Buffer.from('a\0b')],
    ['of more than 64 KiB', Buffer.alloc(65_537, 'a')],
  ])('%s is not shown', (_what, bytes) => {
    using at = place()
    writeFileSync(at.path, bytes)
    expect(at.host.diff(at.wanted())).toEqual({ action: 'update', why: ['content'] })
  })

  test.each(['', '\n', 'a', 'a\n', '\na\n\n', '\ufeffa\r\n'])(
    'that holds %j is shown with all its line ends',
    (before) => {
      using at = place()
      writeFileSync(at.path, before)
      expect(at.host.diff(at.wanted())?.diff).toEqual({ before, after: 'new\n' })
    },
  )

  test('of 64 KiB in one line is shown', () => {
    using at = place()
    const before = '%\t\r\u00e9'.repeat(13_107)
    writeFileSync(at.path, before)
    expect(at.host.diff(at.wanted())?.diff).toEqual({ before, after: 'new\n' })
  })

  test('is made of the bytes of a file of the controller', () => {
    using at = place()
    const bytes = Buffer.from([0, 255, 10, 13])
    writeFileSync(join(at.host.root, 'source.bin'), bytes)
    const source = file(at.path, { source: join(at.host.root, 'source.bin') })
    const wanted = withSources(source, (path) => readFileSync(path))
    expect(at.host.apply(wanted)).toEqual({ action: 'create', why: [] })
    expect(readFileSync(at.path).equals(bytes)).toBe(true)
    expect(at.host.diff(wanted)).toBeUndefined()
  })
})

describe.skipIf(!isRoot)('what stood there before copse', () => {
  test('comes back with its owner and mode, also when removing is done twice', () => {
    using at = place()
    writeFileSync(at.path, 'original')
    chownSync(at.path, 65534, 1)
    chmodSync(at.path, 0o640)
    const ino = () => statSync(at.path).ino
    at.host.apply(at.wanted())
    at.host.apply(at.wanted({ content: 'newer' }))
    at.host.remove(at.wanted())
    const first = ino()
    at.host.remove(at.wanted())
    expect(readFileSync(at.path, 'utf8')).toBe('original')
    expect(statSync(at.path)).toMatchObject({ uid: 65534, gid: 1 })
    expect(modeOf(at.path)).toBe(0o640)
    expect(ino()).not.toBe(first)
  })

  test('comes back when it was a link that leads nowhere', () => {
    using at = place()
    symlinkSync('/nowhere/at all', at.path)
    at.host.apply(at.wanted())
    at.host.remove(at.wanted())
    expect(readlinkSync(at.path)).toBe('/nowhere/at all')
  })

  test('comes back when it was an empty directory', () => {
    using at = place()
    mkdirSync(at.path, { mode: 0o750 })
    at.host.apply(at.wanted())
    at.host.remove(at.wanted())
    expect(lstatSync(at.path).isDirectory()).toBe(true)
    expect(modeOf(at.path)).toBe(0o750)
  })

  test('is forgotten when copse makes the file anew where nothing stands', () => {
    using at = place()
    writeFileSync(at.path, 'original')
    at.host.apply(at.wanted())
    at.host.remove(at.wanted())
    spawnSync('rm', [at.path])
    at.host.apply(at.wanted())
    at.host.remove(at.wanted())
    expect(existsSync(at.path)).toBe(false)
  })

  test('is kept where only root may look, under a name that any path has room for', () => {
    using at = place()
    const path = join(at.host.root, ...Array.from({ length: 12 }, () => '\u00e9'.repeat(100)))
    mkdirSync(join(path, '..'), { recursive: true })
    writeFileSync(path, 'original')
    const wanted = file(path, { content: 'new' })
    at.host.apply(wanted)
    expect(modeOf(join(at.host.state, 'original'))).toBe(0o700)
    at.host.remove(wanted)
    expect(readFileSync(path, 'utf8')).toBe('original')
  })

  test('stays when something else than a file has taken the place of the file', () => {
    using at = place()
    at.host.apply(at.wanted())
    spawnSync('ln', ['-sfn', '/elsewhere', at.path])
    at.host.remove(at.wanted())
    expect(readlinkSync(at.path)).toBe('/elsewhere')
  })
})
