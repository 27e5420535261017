import { expect, test } from 'vitest'
import { rangeLine } from './subids.ts'

test('a box of its own gives root a thousand million ids', () => {
  expect(rangeLine('         0          0 4294967295\n')).toBe('root:1000000:1000000000')
})

test('a box that is a container gives no more than it has', () => {
  expect(rangeLine('         0     100000   10000001\n')).toBe('root:1000000:9000001')
})
