import { expect, test } from 'vitest'
import { existing } from './providers.ts'
import { readEnvironment } from './read-environment.ts'

const place = { file: '/office/a.ts', line: 1, column: 1 }

test("a server's key file and known_hosts are found beside the config that names them", () => {
  const machines = existing({
    identityFile: 'keys/ops',
    knownHosts: './known_hosts',
    servers: { web1: { identityFile: '/k' }, web2: { identityFile: '~/k' } },
  })
  const { value, problems } = readEnvironment(place, 'prod', {
    machines: { ...machines, place },
    subnet: '10.63.0.0/24',
    domain: 'office.example',
  })
  expect(problems).toEqual([])
  expect(value?.provider).toEqual({
    provider: 'existing',
    defaults: { identityFile: '/office/keys/ops', knownHosts: '/office/known_hosts' },
    servers: { web1: { identityFile: '/k' }, web2: { identityFile: '~/k' } },
  })
})
