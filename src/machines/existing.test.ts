import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Environment, Host } from '../model/environment.ts'
import type { ExistingSpec } from '../model/provider.ts'
import { existingProvider, targetOf } from './existing.ts'

const host = (name: string): Host => ({
  name,
  group: name,
  machine: name,
  fqdn: `${name}.office.example`,
  address: '127.0.0.1',
  names: [],
  roles: [],
  endpoints: [],
  after: [],
  debian: 13,
  limits: {},
  volumes: [],
  place: { file: 'copse.config.ts', line: 1, column: 1 },
})

const server = createServer()
let port = 0
let closed = 0
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  port = portOf(server)
  const other = createServer()
  await once(other.listen(0, '127.0.0.1'), 'listening')
  closed = portOf(other)
  await once(other.close(), 'close')
})
afterAll(() => server.close())

function portOf(listening: Server): number {
  const found = listening.address()
  return found !== null && typeof found === 'object' ? found.port : 0
}

function world(spec: Partial<ExistingSpec>) {
  const provider: ExistingSpec = { provider: 'existing', defaults: {}, servers: {}, ...spec }
  const environment: Environment = {
    ecosystem: 'office',
    name: 'prod',
    prefix: 'prod',
    domain: 'office.example',
    subnet: '127.0.0.0/8',
    gateway: '127.0.0.1',
    resolvers: [],
    operators: ['10.61.0.1'],
    variables: {},
    protected: true,
    secrets: 'local',
    provider,
    hosts: [host('web1'), host('web2')],
    apps: [],
    flows: [],
    publish: [],
    people: [],
  }
  const { signal } = new AbortController()
  return { environment, stateDir: '/nonexistent', signal, progress: () => undefined, provider }
}

describe('an existing server', () => {
  test("is reached by its own settings first, then the defaults, then the host's address", () => {
    const spec: ExistingSpec = {
      provider: 'existing',
      defaults: { user: 'ops', port: 22, identityFile: '/keys/ops' },
      servers: { web1: { user: 'root', port: 2222, hostKey: 'ssh-ed25519 AAAA', identityFile: undefined } },
    }
    expect(targetOf(spec, host('web1'))).toEqual({
      address: '127.0.0.1',
      user: 'root',
      port: 2222,
      identityFile: '/keys/ops',
      hostKey: 'ssh-ed25519 AAAA',
    })
    expect(targetOf(spec, host('web2'))).toEqual({
      address: '127.0.0.1',
      user: 'ops',
      port: 22,
      identityFile: '/keys/ops',
      hostKey: undefined,
    })
  })

  test('runs when its port takes a connection, and is unknown when it does not', async () => {
    const { provider, ...context } = world({ servers: { web1: { port }, web2: { port: closed } } })
    expect(await existingProvider(provider).list(context)).toEqual([
      { host: 'web1', state: 'running' },
      {
        host: 'web2',
        state: 'unknown',
        detail: `127.0.0.1 port ${closed} does not answer: connect ECONNREFUSED 127.0.0.1:${closed}`,
      },
    ])
  })

  test('is neither made, started nor destroyed', async () => {
    const { provider, ...context } = world({})
    const existing = existingProvider(provider)
    for (const attempt of [
      existing.create(context, host('web1')),
      existing.start(context, host('web1')),
      existing.destroy(context, 'web1'),
    ])
      await expect(attempt).rejects.toMatchObject({
        code: 'refused',
        message: expect.stringContaining('web1'),
      })
  })

  test('is examined for an answer and for a host key that somebody vouches for', async () => {
    const hostKey = 'ssh-ed25519 cGlubmVk'
    const { provider, ...context } = world({ servers: { web1: { port, hostKey }, web2: { port: closed } } })
    const findings = await existingProvider(provider).examine(context)
    expect(findings.map(({ check, ok }) => [check, ok])).toEqual([
      ['web1 is reachable', true],
      ['the host key of web1 is trusted', true],
      ['web2 is reachable', false],
      ['the host key of web2 is trusted', false],
    ])
    expect(findings[1]?.detail).toMatch(/^pinned: SHA256:\S{43}$/)
  })
})
