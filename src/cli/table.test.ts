import { expect, test } from 'vitest'
import { colourPaint } from './paint.ts'
import { count, pad, renderTable } from './table.ts'

test('columns are as wide as their widest cell, and no line ends in blanks', () => {
  const rows = [
    ['HOST', 'CODE', ''],
    ['web1', '0', ''],
    ['longer', '12', 'x'],
  ]
  expect(renderTable(rows)).toBe('HOST    CODE\nweb1    0\nlonger  12    x\n')
})

test('colours do not count as width', () => {
  expect(pad(colourPaint('good', 'ab'), 3)).toBe(`${colourPaint('good', 'ab')} `)
})

test('a table of nothing is nothing', () => {
  expect(renderTable([])).toBe('')
})

test('one is singular', () => {
  expect([count(0, 'host'), count(1, 'host'), count(2, 'host')]).toEqual(['0 hosts', '1 host', '2 hosts'])
})
