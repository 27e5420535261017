import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { office } from '../../test/fixture/office.ts'
import { nameRecords, zonesOf } from './zone.ts'

describe('the zones of the office', () => {
  const [forward, reverse] = zonesOf(office)

  test('the forward zone has each name of each host', () => {
    expect(forward).toMatchInlineSnapshot(`
      {
        "name": "office.internal",
        "text": "$ORIGIN office.internal.
      $TTL 60
      @ IN SOA devdns.office.internal. hostmaster.office.internal. 67541128 3600 600 604800 60
      @ IN NS devdns.office.internal.
      devlb IN A 10.61.0.20
      lb IN A 10.61.0.20
      www IN A 10.61.0.20
      cdn IN A 10.61.0.20
      devdns IN A 10.61.0.21
      dns IN A 10.61.0.21
      devweb1 IN A 10.61.0.24
      web1 IN A 10.61.0.24
      devweb2 IN A 10.61.0.25
      web2 IN A 10.61.0.25
      ",
      }
    `)
  })

  test('the reverse zone leads to the machines', () => {
    expect(reverse).toMatchInlineSnapshot(`
      {
        "name": "0.61.10.in-addr.arpa",
        "text": "$ORIGIN 0.61.10.in-addr.arpa.
      $TTL 60
      @ IN SOA devdns.office.internal. hostmaster.office.internal. 2197874074 3600 600 604800 60
      @ IN NS devdns.office.internal.
      20.0.61.10.in-addr.arpa. IN PTR devlb.office.internal.
      21.0.61.10.in-addr.arpa. IN PTR devdns.office.internal.
      24.0.61.10.in-addr.arpa. IN PTR devweb1.office.internal.
      25.0.61.10.in-addr.arpa. IN PTR devweb2.office.internal.
      ",
      }
    `)
  })
})

test('the same definition makes the same serial, and any other record another one', () => {
  const serial = (zone: { readonly text: string }) => / hostmaster\S+ (\d+) /.exec(zone.text)?.[1]
  const moved = { ...office, hosts: office.hosts.map((host) => ({ ...host, address: '10.61.0.99' })) }
  expect(serial(zonesOf(structuredClone(office))[0])).toBe(serial(zonesOf(office)[0]))
  expect(serial(zonesOf(moved)[0])).not.toBe(serial(zonesOf(office)[0]))
})

test('a subnet between octets gets the reverse zone of the whole octets around it', () => {
  const [, reverse] = zonesOf({ ...office, subnet: '10.61.0.0/20' })
  expect(reverse.name).toBe('61.10.in-addr.arpa')
  expect(reverse.text).toContain('24.0.61.10.in-addr.arpa. IN PTR devweb1.office.internal.')
})

test('every serial fits 32 bits, and every name is listed once per host', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1 }), (names) => {
      const hosts = office.hosts.slice(0, 1).map((host) => ({ ...host, names }))
      const environment = { ...office, hosts }
      const [{ text }] = zonesOf(environment)
      expect(Number(/ (\d+) 3600 /.exec(text)?.[1])).toBeLessThan(2 ** 32)
      const listed = nameRecords(environment).map(({ name }) => name)
      expect(listed).toHaveLength(new Set(['devlb', 'lb', ...names]).size)
      expect(new Set(listed).size).toBe(listed.length)
    }),
  )
})
