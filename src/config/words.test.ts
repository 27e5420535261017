import { describe, expect, test } from 'vitest'
import { closest, printable, show, showPath, suggest } from './words.ts'

describe('what was probably meant', () => {
  test.each([
    ['subent', 'subnet'],
    ['sbnet', 'subnet'],
    ['Subnet', 'subnet'],
    ['subnet', 'subnet'],
    ['domian', 'domain'],
  ])('%s means %s', (word, meant) => {
    expect(closest(word, ['machines', 'subnet', 'domain'])).toBe(meant)
  })

  test('what is like nothing is answered with all that there is', () => {
    expect(suggest('size', ['subnet', 'domain'])).toBe('there are: subnet, domain')
    expect(suggest('size', [])).toBe('there are none')
  })

  test('a very long word takes no time', () => {
    expect(closest('a'.repeat(65_536), ['subnet'])).toBeUndefined()
  })
})

describe('messages', () => {
  test('keep one line and no control character', () => {
    expect(printable('a\n  b\u001b[31m\u202ec')).toBe('a b\\u{1b}[31m\\u{202e}c')
    expect(printable('x'.repeat(1000))).toHaveLength(403)
  })

  test('show values short and in their own notation', () => {
    expect(['a"b', 'x'.repeat(100), 7, undefined, [], [1], {}, () => 1, null].map(show)).toEqual([
      '"a\\"b"',
      `"${'x'.repeat(60)}..."`,
      '7',
      'undefined',
      'an empty list',
      'a list',
      'an object',
      'a function',
      'null',
    ])
  })

  test('write the way to a value as code does', () => {
    expect(showPath(['hosts', 'web', 'at', 1])).toBe('hosts.web.at[1]')
    expect(showPath(['environments', 'pr/od'])).toBe('environments["pr/od"]')
  })
})
