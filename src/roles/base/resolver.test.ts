import { expect, test } from 'vitest'
import { office, officeHost } from '../../../test/fixture/office.ts'
import { resolvConf } from './resolver.ts'

test("the environment's own server comes first, the outer one is the way out when it is down", () => {
  expect(resolvConf(office)).toMatchInlineSnapshot(`
    "search office.internal
    nameserver 10.61.0.21
    nameserver 10.61.0.1
    options timeout:1 attempts:2
    "
  `)
})

test('three servers at most, the last of them an outer one', () => {
  const dns = officeHost('dns')
  const hosts = ['10.61.0.2', '10.61.0.3', '10.61.0.4'].map((address) => ({ ...dns, address }))
  expect(resolvConf({ ...office, hosts })?.match(/10\.61\.0\.\d+/g)).toEqual([
    '10.61.0.2',
    '10.61.0.3',
    '10.61.0.1',
  ])
})

test('without any known server the file is left alone', () => {
  expect(resolvConf({ ...office, hosts: [officeHost('web1')], resolvers: [] })).toBeUndefined()
})
