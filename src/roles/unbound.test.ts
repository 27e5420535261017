import { expect, test } from 'vitest'
import { unboundConf } from './unbound.ts'

const settings = {
  address: '10.61.0.21',
  clients: ['10.61.0.0/24'],
  forward: ['10.61.0.1'],
  dnssec: false,
  zones: ['office.internal', '0.61.10.in-addr.arpa'],
}

test('it speaks for its zones, forwards the rest and lets only the LAN ask', () => {
  expect(unboundConf(settings)).toMatchInlineSnapshot(`
    "server:
      chroot: ""
      directory: "/etc/unbound"
      username: "unbound"
      interface: 127.0.0.1
      interface: 10.61.0.21
      ip-freebind: yes
      do-ip6: no
      access-control: 127.0.0.0/8 allow
      access-control: 10.61.0.0/24 allow
      hide-identity: yes
      hide-version: yes
      prefetch: yes
      module-config: "iterator"
      local-zone: "office.internal." transparent
      local-zone: "0.61.10.in-addr.arpa." transparent
    remote-control:
      control-enable: yes
      control-interface: /run/unbound.ctl
    auth-zone:
      name: "office.internal."
      zonefile: "/etc/unbound/zones/office.internal"
      for-downstream: yes
      for-upstream: yes
      fallback-enabled: no
    auth-zone:
      name: "0.61.10.in-addr.arpa."
      zonefile: "/etc/unbound/zones/0.61.10.in-addr.arpa"
      for-downstream: yes
      for-upstream: yes
      fallback-enabled: no
    forward-zone:
      name: "."
      forward-addr: 10.61.0.1
    "
  `)
})

test('without a forwarder it resolves by itself', () => {
  expect(unboundConf({ ...settings, forward: [] })).not.toContain('forward-zone')
})

test('DNSSEC is checked only when asked for, and never in its own zones', () => {
  const conf = unboundConf({ ...settings, dnssec: true })
  expect(conf).toContain('module-config: "validator iterator"')
  expect(conf).toContain('domain-insecure: "office.internal."')
  expect(unboundConf(settings)).not.toContain('validator')
})
