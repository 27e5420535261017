import { describe, expect, test } from 'vitest'
import { office } from '../../test/fixture/office.ts'
import { pagesOf, renderPages } from './where-to-look.ts'

const withNames = (names: Readonly<Record<string, readonly string[]>>) => ({
  ...office,
  hosts: office.hosts.map((host) => ({ ...host, names: names[host.name] ?? [] })),
})

test('pages are the further names of hosts that serve http, with the way to see them without DNS', () => {
  expect(renderPages(withNames({ lb: ['www', 'cdn'], dns: ['ns'] }))).toMatchInlineSnapshot(`
    "  http://www.office.internal   at 10.61.0.20
      http://cdn.office.internal   at 10.61.0.20
      names are answered by devdns (10.61.0.21); without it:
      curl --resolve www.office.internal:80:10.61.0.20 http://www.office.internal
    "
  `)
})

test('without further names, hosts that serve http are shown by their own', () => {
  expect(pagesOf(withNames({})).map(({ url }) => url)).toEqual([
    'http://devlb.office.internal',
    'http://devweb1.office.internal',
    'http://devweb2.office.internal',
  ])
})

describe('a host with port 443', () => {
  const [lb = expect.fail('there is no lb')] = withNames({ lb: ['www'] }).hosts
  const https = { name: 'https', role: 'balancer', port: 443, protocol: 'tcp', tls: true } as const

  test('and no http is shown as https', () => {
    expect(renderPages({ ...office, hosts: [{ ...lb, endpoints: [https] }] })).toContain(
      'curl --resolve www.office.internal:443:10.61.0.20 https://www.office.internal\n',
    )
  })

  test('and http is shown as http, with what https takes', () => {
    const hosts = [{ ...lb, endpoints: [...lb.endpoints, https] }]
    expect(renderPages({ ...office, hosts })).toMatchInlineSnapshot(`
      "  http://www.office.internal   at 10.61.0.20
        and over https, for whoever trusts what copse ca dev export prints
        curl --resolve www.office.internal:80:10.61.0.20 http://www.office.internal
      "
    `)
  })
})

test('where another box has the network, OpenSSH is the way to a page', () => {
  const far = {
    ...withNames({ lb: ['www'] }),
    provider: { provider: 'incus', box: { ssh: 'hpcube' } },
  } as const
  expect(renderPages(far)).toMatchInlineSnapshot(`
    "  http://www.office.internal   at 10.61.0.20
      they are in the network of hpcube; from here:
      ssh -N -L 8080:10.61.0.20:80 hpcube   and then http://localhost:8080
    "
  `)
})

test('an environment that serves no page says nothing', () => {
  expect(renderPages({ ...office, hosts: office.hosts.filter(({ name }) => name === 'dns') })).toBe('')
})
