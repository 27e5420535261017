import { expect, test } from 'vitest'
import { office } from '../../../test/fixture/office.ts'
import { hostsFile } from './hosts-file.ts'

test('every name of every host has its address, the machine name in full first', () => {
  expect(hostsFile(office)).toMatchInlineSnapshot(`
    "127.0.0.1 localhost
    ::1 localhost ip6-localhost ip6-loopback
    ff02::1 ip6-allnodes
    ff02::2 ip6-allrouters

    10.61.0.20 devlb.office.internal devlb lb.office.internal lb www.office.internal www cdn.office.internal cdn
    10.61.0.21 devdns.office.internal devdns dns.office.internal dns
    10.61.0.24 devweb1.office.internal devweb1 web1.office.internal web1
    10.61.0.25 devweb2.office.internal devweb2 web2.office.internal web2
    "
  `)
})
