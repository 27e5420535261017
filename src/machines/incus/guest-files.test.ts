import { expect, test } from 'vitest'
import type { Environment, Host } from '../../model/environment.ts'
import { guestFiles, guestPaths, networkUnit } from './guest-files.ts'

const host = (name: string, address: string): Host => ({
  name,
  group: name,
  machine: `dev${name}`,
  fqdn: `dev${name}.office.internal`,
  address,
  names: [],
  roles: [],
  endpoints: [],
  after: [],
  debian: 13,
  limits: {},
  volumes: [],
  place: { file: 'copse.config.ts', line: 1, column: 1 },
})
const web1 = host('web1', '10.61.0.24')
const environment: Environment = {
  ecosystem: 'office',
  name: 'dev',
  prefix: 'dev',
  domain: 'office.internal',
  subnet: '10.61.0.0/22',
  gateway: '10.61.0.1',
  resolvers: ['10.61.0.1', '192.0.2.53'],
  operators: ['10.61.0.1'],
  variables: {},
  protected: false,
  secrets: 'local',
  provider: { provider: 'incus', box: 'local' },
  hosts: [host('dns', '10.61.0.21'), web1],
  apps: [],
  flows: [],
  publish: [],
  people: [],
}
const files = guestFiles(environment, web1, {
  uuid: 'u-1',
  hostKey: { private: 'PRIVATE\n', public: 'ssh-ed25519 AAAA' },
  operatorKey: 'ssh-ed25519 BBBB',
})
const text = (path: string) => files.find((file) => file.path === path)?.text

test('a machine knows its name, its addresses and every other host before DNS is up', () => {
  expect(text('/etc/hostname')).toBe('devweb1\n')
  expect(text('/etc/hosts')).toContain('10.61.0.21 devdns.office.internal devdns ')
  expect(text('/etc/hosts')).toContain('10.61.0.24 devweb1.office.internal devweb1 ')
  expect(text('/etc/resolv.conf')).toBe(
    'search office.internal\nnameserver 10.61.0.1\nnameserver 192.0.2.53\n',
  )
  expect(text(networkUnit)).toContain('=address replace 10.61.0.24/22 broadcast + dev eth0\n')
  expect(text(networkUnit)).toContain('=route replace default via 10.61.0.1\n')
})

test('a machine carries its identity', () => {
  expect(text('/var/lib/copse/identity')).toBe('ecosystem=office\nenvironment=dev\nhost=web1\nuuid=u-1\n')
})

test('each file is one that images know of', () => {
  expect(files.map(({ path }) => path)).toEqual(guestPaths)
})
