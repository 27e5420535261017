import { expect, test } from 'vitest'
import { commitOf } from './run-here.ts'

test('apps of one commit have that one, with a mark where any differs from it', () => {
  expect(commitOf(['abc', 'abc'])).toBe('abc')
  expect(commitOf(['abc', 'abc+'])).toBe('abc+')
  expect(commitOf(['abc+', 'def', '-'])).toBe('abc+ def')
  expect(commitOf(['-'])).toBe('')
})
