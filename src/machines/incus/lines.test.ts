import { expect, test } from 'vitest'
import { withoutLine } from './lines.ts'

test('the last such line is taken out and everything else stays as it is', () => {
  expect(withoutLine('root:1:2\nana:5:6\nroot:1:2\n', 'root:1:2')).toBe('root:1:2\nana:5:6\n')
  expect(withoutLine('ana:5:6\n\nroot:1:2', 'root:1:2')).toBe('ana:5:6\n')
})

test('a line that was changed since stays', () => {
  expect(withoutLine('root:1:3\n', 'root:1:2')).toBe('root:1:3\n')
})
