import { expect, test } from 'vitest'
import { office } from '../../../test/fixture/office.ts'
import type { Environment } from '../../model/environment.ts'
import { bridgeName, instanceName, macAddress, ownerOf } from './names.ts'

const environment: Environment = { ...office, hosts: [] }
const owner = ownerOf({ environment, stateDir: '/state/a/dev' })

test('two checkouts of one ecosystem never share a name', () => {
  const other = ownerOf({ environment, stateDir: '/state/b/dev' })
  expect(bridgeName(owner)).not.toBe(bridgeName(other))
  expect(instanceName(owner, 'devweb1')).not.toBe(instanceName(other, 'devweb1'))
  expect(macAddress(owner, 'web1')).not.toBe(macAddress(other, 'web1'))
})

test('names are the same each time', () => {
  expect(ownerOf({ environment, stateDir: '/state/a/dev' })).toBe(owner)
  expect(macAddress(owner, 'web1')).toBe(macAddress(owner, 'web1'))
})

test('a bridge fits the name of an interface', () => {
  expect(bridgeName(owner)).toMatch(/^copse[0-9a-f]{8}$/)
  expect(bridgeName(owner).length).toBeLessThanOrEqual(15)
})

test('an instance is named after its machine and is at most 63 characters long', () => {
  expect(instanceName(owner, 'devweb1')).toBe(`devweb1-${owner.slice(0, 6)}`)
  expect(instanceName(owner, 'a'.repeat(63))).toHaveLength(63)
  expect(instanceName(owner, `${'a'.repeat(54)}--${'b'.repeat(7)}`)).not.toContain('--')
})

test('a MAC address is in the range of container engines', () => {
  expect(macAddress(owner, 'web1')).toMatch(/^00:16:3e(:[0-9a-f]{2}){3}$/)
})
