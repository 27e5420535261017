import { expect, test } from 'vitest'
import { findClash, formatSubnet, freeSubnet, parseRoutes } from './networks.ts'

const table = `Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
eth0	00000000	010200C0	0003	0	0	0	00000000	0	0	0
copse01234567	00003D0A	00000000	0001	0	0	0	00FFFFFF	0	0	0
eth0	000200C0	00000000	0001	0	0	0	00FFFFFF	0	0	0
tun0	0000100A	00000000	0001	0	0	0	0000F0FF	0	0	0
`.replaceAll('\t\t', '\t')
const networks = parseRoutes(table)

test('routes are read, the default route is not', () => {
  expect(networks.map(({ device, subnet }) => `${device} ${formatSubnet(subnet)}`)).toEqual([
    'copse01234567 10.61.0.0/24',
    'eth0 192.0.2.0/24',
    'tun0 10.16.0.0/12',
  ])
})

test('a subnet that overlaps a network of the box clashes, also in part', () => {
  expect(findClash('10.20.0.0/24', networks, 'copse01234567')?.device).toBe('tun0')
  expect(findClash('192.0.0.0/16', networks, 'copse01234567')?.device).toBe('eth0')
  expect(findClash('10.32.0.0/24', networks, 'copse01234567')).toBeUndefined()
})

test('the bridge of the environment itself is no clash, that of another one is', () => {
  expect(findClash('10.61.0.0/24', networks, 'copse01234567')).toBeUndefined()
  expect(findClash('10.61.0.0/24', networks, 'copseffffffff')?.device).toBe('copse01234567')
})

test('the subnet that is suggested instead is free and of the same size', () => {
  expect(freeSubnet('10.61.0.0/24', networks)).toBe('10.62.0.0/24')
  expect(freeSubnet('10.61.0.0/20', networks)).toBe('10.62.0.0/20')
})

test('where a VPN takes all of 10.0.0.0/8 another private network is suggested', () => {
  const vpn = { device: 'tun0', subnet: { base: 10 * 2 ** 24, bits: 8 } }
  expect(freeSubnet('10.61.0.0/24', [vpn])).toBe('172.16.0.0/24')
  expect(freeSubnet('10.61.0.0/24', [{ device: 'tun0', subnet: { base: 0, bits: 1 } }])).toBe('172.16.0.0/24')
  expect(freeSubnet('10.61.0.0/24', [{ device: 'tun0', subnet: { base: 0, bits: 0 } }])).toBeUndefined()
})
