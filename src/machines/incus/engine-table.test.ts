import { expect, test } from 'vitest'
import { isEmptyTable } from './engine-table.ts'

test('a table without chains, sets and rules is empty', () => {
  expect(isEmptyTable('table inet lxd {\n}\n')).toBe(true)
  expect(isEmptyTable('table inet lxd {\n\tchain fwd.lxdbr0 {\n\t}\n}\n')).toBe(false)
})

test('a table that is not there is not empty: there is nothing to remove', () => {
  expect(isEmptyTable('')).toBe(false)
})
