import { describe, expect, test } from 'vitest'
import type { Found, Surroundings } from './kind.ts'
import { link, linkKind } from './link.ts'

const around: Surroundings = { changing: new Set(), digestOf: () => undefined }

describe('found + wanted -> change', () => {
  test.each<[string, Found | undefined, object | undefined]>([
    ['nothing', undefined, { action: 'create', why: [] }],
    ['the same', { type: 'link', target: '../b' }, undefined],
    [
      'another target',
      { type: 'link', target: '/b' },
      { action: 'update', why: ['points at /b, wanted ../b'] },
    ],
    ['a file', { type: 'file' }, { action: 'replace', why: ['is a file, wanted a link'] }],
    ['a directory', { type: 'directory' }, { action: 'replace', why: ['is a directory, wanted a link'] }],
  ])('%s', (_what, found, change) => {
    expect(linkKind.bind(link('/etc/a', '../b')).diff(found, around)).toEqual(change)
  })
})

test('a link is made beside its place and moved, and its target is no option', () => {
  const { script } = linkKind.bind(link('/etc/a', '-b c')).apply({ action: 'create', why: [] }, undefined)
  expect(script.shell).toMatch(
    /^ln -sT -- '-b c' (\/etc\/\.copse-[0-9a-f]{12})\n[\s\S]*^mv -fT \1 \/etc\/a\ntrap - EXIT\nsync \/etc$/m,
  )
})

test('only what is a link is removed', () => {
  expect(linkKind.remove("/it's", {}).script.shell).toMatch(/^if \[ -L '\/it'\\''s' \]; then\n/)
})

test.each([
  ['/a', ''],
  ['/a', 'b\nc'],
  ['/a', 'b'.repeat(4001)],
  ['/', 'b'],
])('no link at %j can point at %j', (path, target) => {
  expect(() => link(path, target)).toThrow(/^link: /)
})
