import { describe, expect, test } from 'vitest'
import type { Found, Surroundings } from './kind.ts'
import { line, lineKind } from './line.ts'

const around: Surroundings = { changing: new Set(), digestOf: () => undefined }

describe('found + wanted -> change', () => {
  test.each<[string, Found | undefined, object | undefined]>([
    ['nothing', undefined, { action: 'create', why: [] }],
    ['once', { count: '1', rivals: '' }, undefined],
    ['three times', { count: '3', rivals: '' }, update('is there 3 times')],
    [
      'lines that it replaces',
      { count: '0', rivals: 'a=1\na = 2' },
      update('replaces a=1', 'replaces a = 2'),
    ],
    ['both', { count: '1', rivals: 'a=1' }, update('replaces a=1')],
  ])('%s', (_what, found, change) => {
    expect(lineKind.bind(line('/etc/x', 'a=3', { match: '^a *=' })).diff(found, around)).toEqual(change)
  })

  function update(...why: readonly string[]) {
    return { action: 'update', why }
  }
})

test('the key says all that removing needs, also when the line holds its separator', () => {
  const { key, hint } = lineKind.bind(line("/etc/it's", 'a: b', { match: '^a:' }))
  expect([key, hint]).toEqual(["/etc/it's: a: b", '^a:'])
  expect(lineKind.remove(key, {}).script.shell).toContain(`grep -avxF -e 'a: b' old`)
  expect(lineKind.remove(key, {}).script.shell).toContain(`cp -aT '/etc/it'\\''s' old`)
})

test('owner and mode are only for a file that has to be made', () => {
  const bound = lineKind.bind(line('/etc/x', 'a', { owner: 'www', mode: 0o600 }))
  expect(bound.apply({ action: 'create', why: [] }, undefined).script.shell).toContain(
    'else : >old; chown www:root old; chmod 0600 old; fi',
  )
})

test.each<[string, string, string, string | undefined, RegExp]>([
  ['an empty line', '/a', '', undefined, /^line: line/],
  ['two lines', '/a', 'b\nc', undefined, /line break/],
  ['a tab', '/a', 'b\tc', undefined, /a tab/],
  ['a path with the separator', '/a: b', 'c', undefined, /must not contain a colon with a space/],
  ['an open bracket', '/a', 'b', '^(b', /POSIX extended/],
  ['digits as Perl writes them', '/a', 'b', '\\d+', /POSIX extended/],
  ['a look ahead', '/a', 'b', '(?=b)', /POSIX extended/],
])('%s is refused', (_what, path, text, match, message) => {
  expect(() => line(path, text, match === undefined ? {} : { match })).toThrow(message)
})
