import type { Environment } from 'copse'
import { expect, test } from 'vitest'
import { office, officeHost } from '../../../test/fixture/office.ts'
import { doorProbes } from './firewall-probes.ts'
import { rulesOf } from './firewall-rules.ts'

const declared: Environment = {
  ...office,
  flows: [
    { from: 'operators', to: 'base.ssh' },
    { from: 'lb', to: 'web.http' },
    { from: 'internet', to: 'lb.http' },
    { from: 'web1', to: 'internet.https' },
  ],
}

/** The rules of one direction, without what every host has. */
function accepted(environment: Environment, name: string, hook: 'input' | 'output'): readonly string[] {
  const [, chain = ''] = rulesOf(environment, officeHost(name)).split(`chain ${hook} {`)
  const lines = chain.split('}\n')[0]?.split('\n') ?? []
  return lines.map((line) => line.trim()).filter((line) => line.includes(' comment '))
}

test('the whole of a host that has a bit of everything', () => {
  expect(rulesOf(declared, officeHost('web1'))).toMatchInlineSnapshot(`
    "# What may come in and go out here follows from the flows of the definition.
    table inet copse
    delete table inet copse
    table inet copse {
      chain input {
        type filter hook input priority filter; policy drop;
        iif "lo" accept
        ip saddr { 10.61.0.1 } tcp dport { 22 } accept comment "operators to base.ssh"
        ct state established,related accept
        ct state invalid drop
        icmp type echo-request accept
        icmpv6 type { nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert, mld-listener-query } accept
        ip saddr 10.61.0.20 tcp dport 80 accept comment "lb to web.http"
        ip saddr { 10.61.0.1 } meta l4proto tcp reject with tcp reset
      }
      chain output {
        type filter hook output priority filter; policy drop;
        oif "lo" accept
        ct state established,related accept
        tcp flags & (syn | ack) != syn accept
        icmp type echo-request accept
        icmpv6 type { nd-router-solicit, nd-neighbor-solicit, nd-neighbor-advert, mld2-listener-report } accept
        ip daddr != { 10.61.0.20, 10.61.0.21, 10.61.0.24, 10.61.0.25 } tcp dport 443 accept comment "web1 to internet.https"
        reject with icmpx type admin-prohibited
      }
    }
    "
  `)
})

test('who balances goes out to the servers, and the internet comes in', () => {
  expect(accepted(declared, 'lb', 'input')).toEqual([
    'ip saddr { 10.61.0.1 } tcp dport { 22 } accept comment "operators to base.ssh"',
    'tcp dport 80 accept comment "internet to balancer.http"',
  ])
  expect(accepted(declared, 'lb', 'output')).toEqual([
    'ip daddr 10.61.0.24 tcp dport 80 accept comment "lb to web.http"',
    'ip daddr 10.61.0.25 tcp dport 80 accept comment "lb to web.http"',
  ])
})

test('the way in is the first rule after the loopback, and open to IPv6 where operators come from anywhere: then nobody is told what is closed', () => {
  const anywhere = { ...declared, operators: ['0.0.0.0/0'] }
  expect(rulesOf(anywhere, officeHost('dns'))).toMatch(
    /iif "lo" accept\n +tcp dport \{ 22 \} accept comment "operators to base.ssh"\n/,
  )
  expect(rulesOf(anywhere, officeHost('dns'))).not.toContain('tcp reset')
})

test('a server whose sshd is elsewhere keeps both doors open', () => {
  const existing: Environment = {
    ...declared,
    provider: { provider: 'existing', defaults: { port: 2222 }, servers: { lb: { port: 2200 } } },
  }
  expect(accepted(existing, 'lb', 'input')[0]).toContain('tcp dport { 22, 2200 } accept')
  expect(accepted(existing, 'web1', 'input')[0]).toContain('tcp dport { 22, 2222 } accept')
  expect(rulesOf(existing, officeHost('web1'))).toContain('udp sport 68 udp dport 67 accept')
})

test('what is published for some networks is open to those as far as they are outside, and to nobody of the LAN', () => {
  const http = officeHost('lb').endpoints.find(({ name }) => name === 'http')
  if (!http) throw new Error('lb has no http')
  const one = {
    port: 80,
    protocol: 'tcp',
    host: 'lb',
    endpoint: http,
    from: ['10.0.0.0/8', '203.0.113.7'],
  } as const
  const some: Environment = { ...office, publish: [one] }
  expect(accepted(some, 'lb', 'input')).toEqual([
    'ip saddr != 10.61.0.0/24 ip saddr { 10.0.0.0/8, 203.0.113.7 } tcp dport 80 accept comment "internet to balancer.http"',
  ])
  expect(accepted(some, 'web1', 'input')).toEqual([])
  expect(accepted({ ...some, publish: [{ ...one, from: [] }] }, 'lb', 'input')).toEqual([
    'tcp dport 80 accept comment "internet to balancer.http"',
  ])
  expect(operatorFinds(some)).toEqual(['lb.ssh', 'lb.http'])
  expect(operatorFinds({ ...some, publish: [{ ...one, from: [] }] })).toEqual(['lb.ssh'])
})

/** The doors of lb that must be closed to operators, who ask from the LAN's own gateway. */
function operatorFinds(environment: Environment): readonly string[] {
  const asked = doorProbes(environment, officeHost('lb')).filter(
    ({ kind, from }) => kind === 'undeclared' && from === 'operator',
  )
  return asked.flatMap(({ spec }) =>
    [...JSON.stringify(spec).matchAll(/"name":"([^"]*)"/g)].map(([, name = '']) => name),
  )
}
