import { expect, test } from 'vitest'
import { clusterOf } from './cluster.ts'
import { pgHba, postgresqlConf } from './settings.ts'

test('without TLS nobody comes in over the network, with it only clients, to the database of their name', () => {
  const lines = pgHba(['10.61.0.22', '10.61.0.24']).trimEnd().split('\n')
  expect(lines.filter((line) => line.startsWith('host'))).toEqual([
    'hostnossl all all 0.0.0.0/0 reject',
    'hostnossl all all ::/0 reject',
    'hostssl all postgres all reject',
    'hostssl sameuser all 10.61.0.22/32 scram-sha-256',
    'hostssl sameuser all 10.61.0.24/32 scram-sha-256',
  ])
})

test('Debian 13 has 17, Debian 12 has 15', () => {
  expect([clusterOf({ debian: 13 }).unit, clusterOf({ debian: 12 }).unit]).toEqual([
    'postgresql@17-main',
    'postgresql@15-main',
  ])
})

test('it listens on one address, with TLS', () => {
  const conf = postgresqlConf({
    cluster: clusterOf({ debian: 13 }),
    address: '10.61.0.22',
    port: 5432,
    sharedBuffers: 32,
    maxConnections: 50,
    tls: { certificate: '/a.crt', key: '/a.key' },
  })
  expect(conf).toContain("listen_addresses = '10.61.0.22'\n")
  expect(conf).toContain("ssl = on\nssl_cert_file = '/a.crt'\n")
  expect(conf).toContain("data_directory = '/var/lib/postgresql/17/main'\n")
})
