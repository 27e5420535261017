import { expect, test } from 'vitest'
import { countsOf, differences, parseState } from './fixture/box-state.ts'

const before = parseState('link lo\nlink eth0\nprocess sh\nprocess sh\n')

test('what came and what went is told by kind', () => {
  const after = parseState('link lo\nlink copse0000000a\nprocess sh\nprocess sh\nnft table inet lxd {\n')
  expect(differences(before, after)).toEqual([
    { kind: 'link', came: ['copse0000000a'], went: ['eth0'] },
    { kind: 'nft', came: ['table inet lxd {'], went: [] },
  ])
})

test('things that are alike count', () => {
  expect(differences(before, parseState('link lo\nlink eth0\nprocess sh\n'))).toEqual([
    { kind: 'process', came: [], went: ['sh'] },
  ])
  expect(differences(before, before)).toEqual([])
})

test('it says how much was compared', () => {
  expect(countsOf(before)).toBe('link 2, process 2')
})
