import { expect, test } from 'vitest'
import { office } from '../../test/fixture/office.ts'
import { workbench } from './workbench.ts'

test('a machine that no definition names has an address that nobody has, another for each of several', () => {
  const addresses = [0, 1].map((index) => workbench(office, { name: 'x', debian: 13, index })?.address)
  expect(addresses).toEqual(['10.61.0.254', '10.61.0.253'])
  const hosts = office.hosts.map((host) => ({ ...host, address: '10.61.0.254' }))
  expect(workbench({ ...office, hosts }, { name: 'x', debian: 13 })?.address).toBe('10.61.0.253')
})

test('a subnet that is full has no place for it', () => {
  const hosts = office.hosts.map((host) => ({ ...host, address: '10.61.0.2' }))
  const small = { ...office, subnet: '10.61.0.0/30', gateway: '10.61.0.1', hosts }
  expect(workbench(small, { name: 'x', debian: 13 })).toBeUndefined()
})

test('a host that has its name is never taken for it', () => {
  expect(() => workbench(office, { name: 'web1', debian: 13 })).toThrow('a host is called web1')
})
