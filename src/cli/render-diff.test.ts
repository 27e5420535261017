import { expect, test } from 'vitest'
import { plainPaint } from './paint.ts'
import { renderDiff } from './render-diff.ts'

const numbered = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_unused, at) => `line ${from + at}\n`).join('')
const render = (before: string, after: string, isFull = false) =>
  renderDiff({ before, after }, { paint: plainPaint, isFull })

test('several hunks carry their headers', () => {
  const before = numbered(1, 20)
  const after = before.replace('line 2\n', '').replace('line 19\n', 'line nineteen\n')
  expect(render(before, after)).toEqual([
    '@@ -1,4 +1,3 @@',
    ' line 1',
    '-line 2',
    ' line 3',
    ' line 4',
    '@@ -17,4 +16,4 @@',
    ' line 17',
    ' line 18',
    '-line 19',
    '+line nineteen',
    ' line 20',
  ])
})

test('a missing newline at the end is told', () => {
  expect(render('a', 'a\n')).toEqual(['-a', '\\ No newline at end of file', '+a'])
})

test('a long diff is cut, unless all of it is wanted', () => {
  expect(render('', numbered(1, 100))).toHaveLength(41)
  expect(render('', numbered(1, 100)).at(-1)).toBe('… 60 more lines: -v shows them')
  expect(render('', numbered(1, 100), true)).toHaveLength(100)
})
