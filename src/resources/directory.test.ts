import { describe, expect, test } from 'vitest'
import { type DirectoryOptions, directory, directoryKind } from './directory.ts'
import type { Found, Surroundings } from './kind.ts'

const around: Surroundings = { changing: new Set(), digestOf: () => undefined }
const same: Found = { type: 'directory', owner: 'root', group: 'root', mode: '0755' }
const full: Found = { ...same, entries: 'a/b c/d\n/' }

function plan(options: DirectoryOptions, found: Found | undefined, keep: readonly string[] = []) {
  const bound = directoryKind.bind(directory('/srv/x', { ...options, keep }))
  const change = bound.diff(found, around)
  return { bound, change, step: change && bound.apply(change, found) }
}

describe('found + wanted -> change', () => {
  test.each<[string, Found | undefined, DirectoryOptions, object | undefined]>([
    ['nothing', undefined, {}, { action: 'create', why: [] }],
    ['the same', same, {}, undefined],
    ['another mode', { ...same, mode: '2755' }, {}, update('mode 2755, wanted 0755')],
    ['another owner', same, { owner: 'www-data' }, update('owner root, wanted www-data')],
    ['a file', { ...same, type: 'file' }, {}, { action: 'replace', why: ['is a file, wanted a directory'] }],
    ['a link', { ...same, type: 'link' }, {}, { action: 'replace', why: ['is a link, wanted a directory'] }],
    ['entries that nobody minds', full, {}, undefined],
    ['strangers', full, { exclusive: true }, update('removes a', 'removes d\n')],
    ['no entries', { ...same, entries: '' }, { exclusive: true }, undefined],
  ])('%s', (_what, found, options, change) => {
    expect(plan(options, found, ['b c', 'e']).change).toEqual(change)
  })

  function update(...why: readonly string[]) {
    return { action: 'update', why }
  }
})

describe('change -> commands', () => {
  test('a new directory is closed until its owner is set', () => {
    expect(plan({ mode: 0o750, group: 'www' }, undefined).step?.script.shell).toMatch(
      /^if \[ ! -d \/srv \]; then mkdir -p \/srv; fi\nif .*; then\n {2}rm -f \/srv\/x\n {2}mkdir -m 700 \/srv\/x\nfi\nexec 3<\/srv\/x\n[\s\S]*chown root:www \/proc\/self\/fd\/3\nchmod 0750 /,
    )
  })

  test('one that is there is neither made nor removed', () => {
    const script = plan({ mode: 0o700 }, same).step?.script.shell
    expect(script).not.toMatch(/\brm\b|mkdir -m/)
    expect(script).toContain('chmod 0700')
  })

  test('what stays in an exclusive one goes along as a payload, a line for each', () => {
    const { step } = plan({ exclusive: true }, full, ['$(id)', '-rf'])
    expect(step?.payloads).toEqual({ keep: { text: '$(id)\n-rf\n' } })
    expect(step?.script.shell).not.toContain('$(id)')
    expect(plan({ mode: 0o700 }, full).step).not.toHaveProperty('payloads')
  })
})

test('only the entries of an exclusive directory are listed', () => {
  expect([plan({}, same).bound.hint, plan({ exclusive: true }, same).bound.hint]).toEqual(['', 'entries'])
})

test.each(['', 'a/b', 'a\nb'])('%j is no entry to keep', (name) => {
  expect(() => directory('/a', { keep: [name] })).toThrow(/directory: keep/)
})

test.each(['/', '/a/', '/a//b', '/a/./b', 'a', ''])('%j is no place for a directory', (path) => {
  expect(() => directory(path)).toThrow(/directory: path/)
})
