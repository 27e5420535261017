import { expect, test } from 'vitest'
import { parseSubnet } from '../../lib/ipv4.ts'
import { isIsolating, isolationScript, lansOf } from './isolation.ts'

const network = (device: string, text: string) => ({
  device,
  subnet: parseSubnet(text) ?? expect.fail(text),
})
const dev = { bridge: 'copse0000000a', subnet: '10.61.0.0/24' }
const staging = { bridge: 'copse0000000b', subnet: '10.62.0.0/16' }

test('the networks of environments are told by their bridges, and each is named once', () => {
  const networks = [
    network('copse0000000b', '10.62.0.0/16'),
    network('copse0000000a', '10.61.0.0/24'),
    network('copse0000000a', '10.61.0.0/24'),
    network('eth0', '192.0.2.0/24'),
    network('copse-own', '10.63.0.0/24'),
  ]
  expect(lansOf(networks)).toEqual([dev, staging])
})

test('what enters by one bridge is dropped when it is addressed to the network of another', () => {
  expect(isolationScript([dev, staging])).toBe(`table inet copse_isolation
delete table inet copse_isolation
table inet copse_isolation {
  chain prerouting {
    type filter hook prerouting priority mangle; policy accept;
    iifname "copse0000000a" ip daddr { 10.62.0.0/16 } counter drop comment "copse0000000a 10.61.0.0/24"
    iifname "copse0000000b" ip daddr { 10.61.0.0/24 } counter drop comment "copse0000000b 10.62.0.0/16"
  }
}
`)
})

test('a lone environment, and none, leave no table', () => {
  const none = 'table inet copse_isolation\ndelete table inet copse_isolation\n'
  expect(isolationScript([dev])).toBe(none)
  expect(isolationScript([])).toBe(none)
})

test('a table that lacks a network, or has another, does not keep these apart', () => {
  const listed = isolationScript([dev, staging]).replaceAll('counter', 'counter packets 3 bytes 252')
  expect(isIsolating(listed, [dev, staging])).toBe(true)
  expect(isIsolating('', [dev, staging])).toBe(false)
  expect(isIsolating(listed, [dev, { ...staging, subnet: '10.63.0.0/24' }])).toBe(false)
  expect(isIsolating(listed, [dev, staging, { bridge: 'copse0000000c', subnet: '10.64.0.0/24' }])).toBe(false)
  expect(isIsolating('', [dev])).toBe(true)
})
