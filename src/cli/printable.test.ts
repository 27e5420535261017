import { expect, test } from 'vitest'
import { printable, printableLine } from './printable.ts'

test('control sequences of a host cannot steer the terminal', () => {
  expect(printable('a\x1b[2Jb\x9b1mc\rd\x00\x7f')).toBe('a\\x1b[2Jb\\x9b1mc\\x0dd\\x00\\x7f')
})

test('tabs, newlines and letters of any language stay', () => {
  expect(printable('a\tb\nč 漢 ✓')).toBe('a\tb\nč 漢 ✓')
})

test('several lines become one', () => {
  expect(printableLine('\n one \n\n two\n')).toBe('one; two')
})
