import { expect, test } from 'vitest'
import { digestOf, sha256 } from './digest.ts'

test('a digest is the SHA-256 in hex', () => {
  expect(sha256('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
})

test('the order of keys does not change a digest and the order of lists does', () => {
  expect(digestOf({ a: 1, b: { c: 2, d: 3 } })).toBe(digestOf({ b: { d: 3, c: 2 }, a: 1 }))
  expect(digestOf([1, 2])).not.toBe(digestOf([2, 1]))
})
