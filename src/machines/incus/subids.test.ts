import { expect, test } from 'vitest'
import { rangeDetail, rangeLine } from './subids.ts'

test('a box of its own gives root a thousand million ids', () => {
  expect(rangeLine('         0          0 4294967295\n')).toBe('root:1000000:1000000000')
})

test('a box that is a container gives no more than it has', () => {
  expect(rangeLine('         0     100000   10000001\n')).toBe('root:1000000:9000001')
})

test('the largest range that root has is told, one that is too small is refused', () => {
  const file = '/etc/subuid'
  const text = 'ana:100000:65536\nroot:5:6\nroot:1000000:65536\n'
  expect(rangeDetail({ file, text })).toBe('65536 ids from 1000000 in /etc/subuid')
  expect(rangeDetail({ file, text: 'ana:100000:65536\n' })).toBeUndefined()
  expect(() => rangeDetail({ file, text: 'root:100000:65535\n' })).toThrow(
    'root has 65535 ids from 100000 in /etc/subuid; a machine has 65536',
  )
})
