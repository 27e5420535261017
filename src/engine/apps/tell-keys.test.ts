import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { withApp } from '../../../test/fixture/office-apps.ts'
import { CopseError } from '../../lib/errors.ts'
import type { Environment } from '../../model/environment.ts'
import { type Archive, type Transport, Unreachable } from '../../transports/transport.ts'
import type { Event, Outcome } from '../events.ts'
import { tellKeys, tellScript } from './tell-keys.ts'

/** An environment whose hosts have host keys of their names, and what its hosts were told. */
function world(environment: Environment = withApp, trouble: Readonly<Record<string, Error>> = {}) {
  const sent: [string, Archive][] = []
  const events: Event[] = []
  const { signal } = new AbortController()
  const transportOf = (host: string): Transport => ({
    async run(archive) {
      sent.push([host, archive])
      return { code: 0, stdout: '', stderr: '' }
    },
    async *stream() {},
    loginAnew: async () => true,
  })
  const session = {
    desired: { environment },
    context: { signal, stateDir: '', emit: (event: Event) => void events.push(event) },
    providerContext: { environment, stateDir: '', signal, progress: () => undefined },
    provider: {
      async target(
        _context: unknown,
        { name, address }: { readonly name: string; readonly address: string },
      ) {
        if (trouble[name]) throw trouble[name]
        return { address, hostKey: `ssh-ed25519 AAAA${name} root@${name}` }
      },
    },
    async transport(host: string) {
      if (trouble[host]) throw trouble[host]
      return transportOf(host)
    },
  }
  return { session, sent, events }
}

const outcome = (host: string, result: Outcome['result']): Outcome => ({ host, result, changes: 0, ms: 0 })

test('the CI host is told the keys of hosts with apps and of their balancers, by the names that it asks for', async () => {
  const { session, sent, events } = world()
  await tellKeys(session, [outcome('web1', 'changed'), outcome('ci', 'unchanged')])
  expect(sent).toEqual([
    [
      'ci',
      {
        main: { text: tellScript },
        keys: {
          text: `devlb.office.internal ssh-ed25519 AAAAlb
devweb1.office.internal ssh-ed25519 AAAAweb1
devweb2.office.internal ssh-ed25519 AAAAweb2
`,
        },
      },
    ],
  ])
  expect(events).toEqual([])
})

test('a run that did not touch the CI host tells it too, one that lost it does not', async () => {
  const apart = world()
  await tellKeys(apart.session, [outcome('web1', 'changed')])
  expect(apart.sent).toHaveLength(1)
  const lost = world()
  await tellKeys(lost.session, [outcome('ci', 'unreachable')])
  expect(lost.sent).toEqual([])
})

test('a host whose key is not known is left out, and that is said', async () => {
  const { session, sent, events } = world(withApp, {
    web2: new CopseError('failed', 'there are no keys to web2'),
  })
  await tellKeys(session, [])
  expect(JSON.stringify(sent)).not.toContain('web2')
  expect(JSON.stringify(sent)).toContain('AAAAweb1')
  expect(events).toEqual([
    {
      ...{ event: 'progress', subject: 'web2' },
      message: 'CI cannot roll out there, because its host key is not known: there are no keys to web2',
    },
  ])
})

test('a CI host that does not answer fails nothing', async () => {
  const { session, events } = world(withApp, { ci: new Unreachable('no-answer', 'it is silent') })
  await tellKeys(session, [])
  expect(events).toEqual([
    {
      ...{ event: 'progress', subject: 'ci' },
      message: "could not be told the host keys of the apps' hosts: it is silent",
    },
  ])
})

test('where nobody rolls out, nobody is told', async () => {
  const { session, sent } = world({ ...withApp, apps: [] })
  await tellKeys(session, [])
  expect(sent).toEqual([])
})

test('the file is replaced as a whole where it is another, and left alone where it is the same', () => {
  const root = mkdtempSync(join(tmpdir(), 'tell-keys-'))
  try {
    const file = join(root, 'ci/known_hosts')
    const tell = (keys: string) => {
      writeFileSync(join(root, 'keys'), keys, { mode: 0o600 })
      const script = tellScript.replaceAll('/etc/copse/ci', join(root, 'ci'))
      expect(spawnSync('sh', [], { cwd: root, input: script, encoding: 'utf8' })).toMatchObject({
        ...{ status: 0, stderr: '' },
      })
    }
    tell('a host that is no CI host yet\n')
    mkdirSync(join(root, 'ci'))
    tell('web1 a\n')
    expect([readFileSync(file, 'utf8'), statSync(file).mode & 0o777]).toEqual(['web1 a\n', 0o600])
    const { ino } = statSync(file)
    tell('web1 a\n')
    expect(statSync(file).ino).toBe(ino)
    tell('web1 b\n')
    expect(readFileSync(file, 'utf8')).toBe('web1 b\n')
  } finally {
    rmSync(root, { recursive: true })
  }
})
