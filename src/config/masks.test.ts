import { mask, unit } from 'copse'
import { expect, test } from 'vitest'
import { officeHost } from '../../test/fixture/office.ts'
import type { Resource } from '../model/resource.ts'
import { masksWanted, withoutYielding } from './masks.ts'

const wanted = unit('nginx').flatMap((item) => ('kind' in item ? [item] : []))
const problems = (resources: readonly Resource[]) =>
  resources.flatMap((resource) => masksWanted(officeHost('lb'), resource, resources))

test('a unit that is wanted and masked is a mistake', () => {
  expect(problems([mask('nginx'), ...wanted]).map(({ message }) => message)).toEqual([
    'lb is to have the unit nginx, and to have it masked',
  ])
  expect(problems([mask('haproxy'), ...wanted])).toEqual([])
})

test('a mask of what nobody wants gives way to who does', () => {
  const yielding = mask('nginx', { unlessWanted: true })
  expect(withoutYielding([yielding, ...wanted])).toEqual(wanted)
  expect(withoutYielding([yielding])).toEqual([yielding])
  expect(withoutYielding([mask('nginx'), ...wanted])).toHaveLength(2)
})
