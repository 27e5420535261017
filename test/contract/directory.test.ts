/** Directories and links on a real disk: strangers go, data stays, and nothing is done through a link. */
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type DirectoryOptions, directory } from '../../src/resources/directory.ts'
import { link } from '../../src/resources/link.ts'
import { isRoot, LocalHost } from './local.ts'

/** A host with one place for a directory in it. */
function place() {
  const host = new LocalHost()
  const path = join(host.root, 'dir')
  const wanted = (options?: DirectoryOptions) => directory(path, options)
  return { host, path, wanted, [Symbol.dispose]: () => host[Symbol.dispose]() }
}

const modeOf = (path: string) => statSync(path).mode & 0o7777

describe.skipIf(!isRoot)('a directory on disk', () => {
  test('gets owner, group and all bits of its mode', () => {
    using at = place()
    at.host.apply(at.wanted({ owner: 'nobody', group: 'daemon', mode: 0o2770 }))
    expect(lstatSync(at.path)).toMatchObject({ uid: 65534, gid: 1 })
    expect(modeOf(at.path)).toBe(0o2770)
  })

  test('that a package has made since it was looked at is taken as it is', () => {
    using at = place()
    const wanted = at.wanted({ mode: 0o750 })
    const { step } = at.host.plan(wanted)
    mkdirSync(at.path)
    writeFileSync(join(at.path, 'data'), '')
    at.host.run(step ?? expect.fail('there is nothing to do'))
    expect([readdirSync(at.path), modeOf(at.path)]).toEqual([['data'], 0o750])
  })

  test('keeps its entries when only its mode is wrong', () => {
    using at = place()
    at.host.apply(at.wanted())
    writeFileSync(join(at.path, 'data'), '')
    chmodSync(at.path, 0o700)
    expect(at.host.apply(at.wanted())).toEqual({ action: 'update', why: ['mode 0700, wanted 0755'] })
    expect(readdirSync(at.path)).toEqual(['data'])
  })

  test('takes the place of a link, and of nothing behind the link', () => {
    using at = place()
    const victim = join(at.host.root, 'victim')
    mkdirSync(victim, { mode: 0o700 })
    writeFileSync(join(victim, 'data'), '')
    symlinkSync(victim, at.path)
    expect(at.host.apply(at.wanted({ exclusive: true }))?.why).toEqual(['is a link, wanted a directory'])
    expect([lstatSync(at.path).isDirectory(), readdirSync(victim), modeOf(victim)]).toEqual([
      true,
      ['data'],
      0o700,
    ])
    at.host.remove(at.wanted())
    expect(lstatSync(at.path).isSymbolicLink()).toBe(true)
  })

  test('with data in it stays when it is no longer wanted', () => {
    using at = place()
    at.host.apply(at.wanted())
    writeFileSync(join(at.path, 'data'), '')
    at.host.remove(at.wanted())
    expect(readdirSync(at.path)).toEqual(['data'])
  })

  test('that stood there before, though empty, stays and gets its mode back', () => {
    using at = place()
    mkdirSync(at.path, { mode: 0o711 })
    at.host.apply(at.wanted())
    expect(modeOf(at.path)).toBe(0o755)
    at.host.remove(at.wanted())
    expect(modeOf(at.path)).toBe(0o711)
  })
})

describe.skipIf(!isRoot)('an exclusive directory', () => {
  const strangers = ['-rf', 'new\nline', ' ', '$(id)', 'kept.old', '[k]ept', '*']

  test('loses exactly the entries that are not kept, whatever their names', () => {
    using at = place()
    mkdirSync(at.path)
    for (const name of [...strangers, 'kept']) writeFileSync(join(at.path, name), '')
    writeFileSync(Buffer.concat([Buffer.from(`${at.path}/`), Buffer.from([0xff, 0xfe])]), '')
    mkdirSync(join(at.path, 'tree/of/things'), { recursive: true })
    const wanted = at.wanted({ exclusive: true, keep: ['kept', 'wanted-later'] })
    const why = at.host.apply(wanted)?.why ?? []
    expect(why).toEqual(expect.arrayContaining([...strangers, 'tree'].map((name) => `removes ${name}`)))
    expect(why).toHaveLength(strangers.length + 2)
    expect(readdirSync(at.path)).toEqual(['kept'])
    expect(at.host.diff(wanted)).toBeUndefined()
  })

  test('removes a link in it and nothing behind the link', () => {
    using at = place()
    const victim = join(at.host.root, 'victim')
    mkdirSync(victim)
    writeFileSync(join(victim, 'data'), '')
    mkdirSync(at.path)
    symlinkSync(victim, join(at.path, 'stranger'))
    at.host.apply(at.wanted({ exclusive: true }))
    expect([readdirSync(at.path), readdirSync(victim)]).toEqual([[], ['data']])
  })
})

describe.skipIf(!isRoot)('a link on disk', () => {
  test('to a directory is exchanged, not followed', () => {
    using at = place()
    const [one, two] = [join(at.host.root, 'one'), join(at.host.root, 'two')]
    mkdirSync(one)
    mkdirSync(two)
    at.host.apply(link(at.path, one))
    const change = at.host.apply(link(at.path, two))
    expect(change).toEqual({ action: 'update', why: [`points at ${one}, wanted ${two}`] })
    expect([readdirSync(one), readdirSync(two)]).toEqual([[], []])
  })

  test('whose target holds line ends and percent signs is found as it is', () => {
    using at = place()
    symlinkSync('a%0A\nb\t%\n', at.path)
    expect(at.host.diff(link(at.path, 'x'))?.why).toEqual(['points at a%0A\nb\t%\n, wanted x'])
  })

  test('gives way again to the file that stood there before', () => {
    using at = place()
    writeFileSync(at.path, 'original')
    at.host.apply(link(at.path, 'x'))
    at.host.remove(link(at.path, 'x'))
    expect(lstatSync(at.path).isFile()).toBe(true)
  })

  test('is not removed once something else stands there', () => {
    using at = place()
    mkdirSync(at.path)
    expect(at.host.remove(link(at.path, 'x'))).toBe(true)
    expect(existsSync(at.path)).toBe(true)
  })
})
