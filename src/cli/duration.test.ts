import { expect, test } from 'vitest'
import { formatDuration, parseDuration } from './duration.ts'

test.each([
  ['500ms', 500],
  ['30s', 30_000],
  ['30', 30_000],
  ['1.5m', 90_000],
  ['1h', 3_600_000],
  ['0', 0],
  ['', undefined],
  ['-1s', undefined],
  ['5 s', undefined],
  ['1d', undefined],
])('%o is read as %o ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms)
})

test.each([
  [0, '0 ms'],
  [99.4, '99 ms'],
  [100, '0.1 s'],
  [1949, '1.9 s'],
  [59_949, '59.9 s'],
  [59_950, '1 min 0 s'],
  [200_000, '3 min 20 s'],
])('%d ms are written as %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text)
})
