import { expect, test } from 'vitest'
import { addressAt, overlaps, parseAddress, parseSubnet, reverseName, reverseZone, size } from './ipv4.ts'

const subnet = (text: string) => parseSubnet(text) ?? expect.fail(`${text} is a subnet`)

test('only canonical dotted quads are addresses', () => {
  expect(parseAddress('10.61.0.1')).toBe(0x0a3d0001)
  for (const text of ['10.61.0', '10.61.0.256', '10.61.0.01', '10.61.0.1 ', '::1', ''])
    expect(parseAddress(text)).toBeUndefined()
})

test('a subnet has no host bits and a length of at most 32', () => {
  expect(size(subnet('10.61.0.0/24'))).toBe(256)
  for (const text of ['10.61.0.1/24', '10.61.0.0/33', '10.61.0.0', '10.61.0.0/24/1', '10.61.0.0/'])
    expect(parseSubnet(text)).toBeUndefined()
})

test('addresses are offsets and names are reversed', () => {
  expect(addressAt(subnet('10.61.0.0/16'), 300)).toBe('10.61.1.44')
  expect(reverseZone(subnet('10.61.0.0/24'))).toBe('0.61.10.in-addr.arpa')
  expect(reverseZone(subnet('10.61.16.0/20'))).toBe('61.10.in-addr.arpa')
  expect(reverseName('10.61.0.21')).toBe('21.0.61.10.in-addr.arpa')
})

test('subnets overlap when one holds the other, not when they touch', () => {
  expect(overlaps(subnet('10.61.0.0/16'), subnet('10.61.7.0/24'))).toBe(true)
  expect(overlaps(subnet('10.61.0.0/24'), subnet('10.61.1.0/24'))).toBe(false)
})
