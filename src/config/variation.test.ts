import { expect, test } from 'vitest'
import { office, officeHost } from '../../test/fixture/office.ts'
import type { Desired } from '../model/desired.ts'
import { variationOf } from './variation.ts'

const place = { file: '/office/copse.config.ts', line: 7, column: 3 }
const wish = (content: string): Desired => ({
  file: '/office/copse.config.ts',
  environment: office,
  differences: [],
  hosts: [
    {
      host: officeHost('lb'),
      resources: [{ kind: 'file', key: '/a', spec: { content }, place }],
      probes: [],
      balanced: [],
      restorable: [],
      secrets: [],
      common: [],
    },
  ],
})

test('two equal wishes do not vary', () => {
  expect(variationOf(wish('x'), wish('x'))).toBeUndefined()
})

test('the first difference is told with both values, at the line of the thing', () => {
  expect(variationOf(wish('x'), wish('y'))).toMatchObject({
    message:
      'evaluated twice, the config gave two values: hosts[0].resources[0].spec.content was "x", then "y"',
    place,
  })
})

test('a missing thing is a difference too', () => {
  const without = { ...wish('x'), hosts: [] }
  expect(variationOf(wish('x'), without)?.message).toMatch(/hosts\[0\] was an object, then undefined$/)
  expect(variationOf(without, wish('x'))?.place).toEqual({
    file: '/office/copse.config.ts',
    line: 1,
    column: 1,
  })
})
