import { expect, test } from 'vitest'
import { parseAddresses } from './ssh-box-files.ts'

test('addresses are read from what ip prints, also those of a pair whose other end is elsewhere', () => {
  const printed = `1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever
12: eth0@if13    inet 10.61.0.20/24 brd 10.61.0.255 scope global eth0\\       valid_lft forever
`
  expect(parseAddresses(printed)).toEqual([
    { device: 'lo', cidr: '127.0.0.1/8' },
    { device: 'eth0', cidr: '10.61.0.20/24' },
  ])
})
