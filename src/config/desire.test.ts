/** From a definition to what each host must have: names, addresses, order, and things that meet. */
import {
  certificate,
  defineEcosystem,
  defineRole,
  directory,
  existing,
  file,
  flow,
  incus,
  link,
  mask,
  probe,
  secret,
  secretText,
  tcp,
  unit,
  z,
} from 'copse'
import { describe, expect, test } from 'vitest'
import type { Desired } from '../model/desired.ts'
import type { ResourceList } from '../model/resource.ts'

import type { EnvironmentDefinition, HostDefinition } from './define.ts'
import { desireEach } from './desire-each.ts'

const note = (name: string) => file(`/etc/${name}`, { content: name })
const named = (
  name: string,
  resources: ResourceList = [note(name)],
  finish: ResourceList = [note(`${name}-end`)],
) =>
  defineRole({
    name,
    options: z.strictObject({ port: z.int().default(80) }),
    endpoints: ({ port }) => ({ http: tcp(port) }),
    resources: () => resources,
    finish: () => finish,
    probes: ({ host }) => [probe.tcp(host, 80)],
    flows: ({ host }) => [flow('operators', `${host.name}.http`)],
  })
const ground = named('ground')
const web = named('web')

interface Change {
  readonly environment?: Partial<EnvironmentDefinition>
  readonly hosts?: Readonly<Record<string, HostDefinition>>
}

function wish({ environment, hosts = { web: { at: [24, 25], roles: [web()] } } }: Change) {
  const ecosystem = defineEcosystem({
    name: 'office',
    environments: {
      dev: {
        machines: incus({ box: 'local' }),
        subnet: '10.61.0.0/24',
        domain: 'office.internal',
        prefix: 'dev',
        ...environment,
      },
    },
    hosts,
    people: [
      {
        name: 'ana',
        keys: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHp4bJV3m0iuC0EHLbnTrUd6mCMfoLULmkvhKEh5r0dV'],
        environments: ['dev'],
      },
      {
        name: 'ben',
        keys: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHp4bJV3m0iuC0EHLbnTrUd6mCMfoLULmkvhKEh5r0dV'],
        environments: [],
      },
    ],
  })
  const read = (path: string) => new TextEncoder().encode(`text of ${path}`)
  return desireEach(ecosystem, [ground({ port: 22 })], { file: '/office/copse.config.ts', read })
}

function desired(change: Change): Desired {
  const { desired: all, problems } = wish(change)
  expect(problems).toEqual([])
  const [first] = all
  if (!first) throw new Error('nothing was desired')
  return first
}

const idsOf = ({ hosts }: Desired) => hosts[0]?.resources.map(({ kind, key }) => `${kind} ${key}`)
const messages = (change: Change) => wish(change).problems.map(({ message }) => message)
const one = (host: Omit<HostDefinition, 'at'>): Change => ({ hosts: { lb: { at: 20, ...host } } })

describe('an environment', () => {
  test('names its hosts by prefix and domain, and gives them addresses', () => {
    const [first, second] = desired({}).environment.hosts
    expect(first).toMatchObject({
      name: 'web1',
      group: 'web',
      machine: 'devweb1',
      fqdn: 'devweb1.office.internal',
      address: '10.61.0.24',
      debian: 13,
      roles: ['ground', 'web'],
    })
    expect(second).toMatchObject({ name: 'web2', address: '10.61.0.25' })
    expect(first?.endpoints).toEqual([
      { name: 'http', role: 'ground', port: 22, protocol: 'tcp', tls: false },
      { name: 'http', role: 'web', port: 80, protocol: 'tcp', tls: false },
    ])
  })

  test('in a wide subnet counts on past the last octet', () => {
    const { environment } = desired({
      environment: { subnet: '10.60.0.0/16' },
      hosts: { far: { at: 515, roles: [] } },
    })
    expect(environment.hosts[0]?.address).toBe('10.60.2.3')
    expect(environment.gateway).toBe('10.60.0.1')
  })

  test('has as many hosts of a group as it counts', () => {
    expect(
      desired({ environment: { counts: { web: 1 } } }).environment.hosts.map(({ name }) => name),
    ).toEqual(['web1'])
  })

  test('asks the gateway for other names on a box, nobody elsewhere, unless told', () => {
    expect(desired({}).environment.resolvers).toEqual(['10.61.0.1'])
    expect(desired({ environment: { machines: existing() } }).environment.resolvers).toEqual([])
    expect(desired({ environment: { resolvers: ['9.9.9.9'] } }).environment.resolvers).toEqual(['9.9.9.9'])
  })

  test('lets in the people who have a way into it', () => {
    expect(desired({}).environment.people.map(({ name }) => name)).toEqual(['ana'])
  })

  test('has the flows of its roles, each once', () => {
    expect(desired({}).environment.flows).toEqual([
      { from: 'operators', to: 'web1.http' },
      { from: 'operators', to: 'web2.http' },
    ])
  })

  test('takes a server for what it runs, whatever its host runs elsewhere', () => {
    const machines = existing({ servers: { web2: { debian: 12 } } })
    const releases = (environment: object) =>
      desired({ environment }).environment.hosts.map((host) => host.debian)
    expect(releases({ machines })).toEqual([13, 12])
    expect(releases({ machines: existing({ debian: 12 }) })).toEqual([12, 12])
  })

  test('makes a host wait for all hosts of a group that it has', () => {
    const hosts = { web: { at: [24, 25], roles: [] }, lb: { at: 20, roles: [], after: ['web', 'web1'] } }
    expect(desired({ hosts }).environment.hosts.at(-1)?.after).toEqual(['web1', 'web2'])
    expect(desired({ hosts, environment: { counts: { web: 1 } } }).environment.hosts.at(-1)?.after).toEqual([
      'web1',
    ])
  })
})

describe('a host has', () => {
  test("every host's roles first, its own in order, its resources, and what roles finish with", () => {
    const host = one({ roles: [web(), named('app')({ port: 81 })], resources: [note('own')] })
    expect(idsOf(desired(host))).toEqual(
      ['ground', 'web', 'app', 'own', 'ground-end', 'web-end', 'app-end'].map((name) => `file /etc/${name}`),
    )
  })

  test('a role of every host once, with its own options, when it lists it', () => {
    const { environment } = desired(one({ roles: [web(), ground({ port: 23 })] }))
    expect(environment.hosts[0]?.roles).toEqual(['web', 'ground'])
    expect(environment.hosts[0]?.endpoints.map(({ port }) => port)).toEqual([80, 23])
  })

  test('resources that a function makes of the host', () => {
    const host = one({
      roles: [],
      resources: ({ host, environment }) => [[note(`${environment.name}-${host.name}`)]],
    })
    expect(idsOf(desired(host))).toContain('file /etc/dev-lb')
  })

  test('a thing that two roles want alike once, where the first wants it', () => {
    const host = one({ roles: [named('a', [note('x')])({ port: 1 })], resources: [note('y'), note('x')] })
    expect(idsOf(desired(host))).toEqual(
      ['ground', 'x', 'y', 'ground-end', 'a-end'].map((name) => `file /etc/${name}`),
    )
  })

  test('the texts of files that its resources are made of', () => {
    const { hosts } = desired(one({ roles: [], resources: [file('/etc/motd', { source: '/office/motd' })] }))
    expect(hosts[0]?.resources.find(({ key }) => key === '/etc/motd')?.spec).toMatchObject({
      content: 'text of /office/motd',
    })
  })

  test('in an exclusive directory what other resources put there', () => {
    const list = [
      directory('/srv', { exclusive: true }),
      link('/srv/a/b', '/x'),
      file('/srv/c', { content: '' }),
      link('/srv2', '/x'),
    ]
    const { hosts } = desired(one({ roles: [], resources: list }))
    expect(hosts[0]?.resources.find(({ key }) => key === '/srv')?.spec).toMatchObject({ keep: ['a', 'c'] })
  })
})

describe('it is a problem when', () => {
  test('a thing is wanted in two ways', () => {
    const host = one({ roles: [], resources: [note('x'), file('/etc/x', { content: 'y' })] })
    expect(messages(host)).toEqual([
      expect.stringMatching(/^lb is to have file \/etc\/x in two ways: here and at /),
    ])
  })

  test('the way in would be taken away', () => {
    for (const off of [unit('ssh', { started: false }), mask('sshd'), unit('ssh', { enabled: false })])
      expect(messages(one({ roles: [], resources: [off] }))).toEqual([
        expect.stringMatching(/^(unit|mask) sshd? on lb would end its SSH server, and with it every way in$/),
      ])
  })

  test('a unit restarts on what the host does not have', () => {
    const host = one({
      roles: [],
      resources: [note('x'), unit('x', { restartOn: ['/etc/x'], reloadOn: ['/etc/y'] })],
    })
    expect(messages(host)).toEqual(['unit x on lb restarts on /etc/y, which the host does not have'])
  })

  test('a unit reloads on a certificate that the host does not have', () => {
    const tls = '/etc/copse/tls'
    const input = { name: 'lb', machine: 'lb', fqdn: 'lb.office.internal', address: '10.61.0.20' }
    const names = ['crt', 'key', 'pem'].map((end) => `${tls}/web.${end}`)
    const host = (...inputs: readonly string[]) =>
      one({ roles: [], resources: [certificate('web', { host: input }), unit('x', { reloadOn: inputs })] })
    expect(messages(host(...names))).toEqual([])
    expect(messages(host(`${tls}/mail.crt`))).toEqual([
      'unit x on lb restarts on /etc/copse/tls/mail.crt, which the host does not have',
    ])
  })

  test('a file cannot be read', () => {
    const ecosystem = defineEcosystem({
      name: 'office',
      environments: { dev: { machines: existing(), subnet: '10.61.0.0/24', domain: 'office.internal' } },
      hosts: { lb: { at: 20, roles: [], resources: [file('/etc/motd', { source: '/office/motd' })] } },
    })
    const read = () => {
      throw new Error('there is no such file')
    }
    const { problems } = desireEach(ecosystem, [], { file: '/office/copse.config.ts', read })
    expect(problems.map(({ message }) => message)).toEqual([
      'file /etc/motd: cannot read /office/motd: there is no such file',
    ])
  })

  test('a secret is to be made in two lengths; who does not make it goes along', () => {
    const key = (path: string, generate?: number) =>
      file(path, { content: secretText`k=${secret('key', generate === undefined ? {} : { generate })}` })
    const resources = [key('/a', 20), key('/b'), key('/c', 20), key('/d', 30)]
    expect(messages(one({ roles: [], resources }))).toEqual([
      expect.stringMatching(/^the secret key is to be made of 30 characters here and of 20 at \S+:\d+:\d+$/),
    ])
  })

  test('several roles fail: all are told, in all environments once', () => {
    const broken = (name: string) =>
      defineRole({
        name,
        options: z.strictObject({}),
        resources: () => {
          throw new Error(`${name} is broken`)
        },
      })
    expect(messages(one({ roles: [broken('a')(), broken('b')()] }))).toEqual([
      'a: Error: a is broken',
      'b: Error: b is broken',
    ])
  })

  test('a probe names a host that there is not', () => {
    const host = one({ roles: [], probes: ({ host }) => [{ ...probe.tcp(host, 80), to: 'web9' }] })
    expect(messages(host)).toEqual([
      expect.stringMatching(/^lb: the probe tcp .* names web9, which is no host$/),
    ])
  })
})
