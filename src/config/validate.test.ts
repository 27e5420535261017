/** All problems of all parts at once, and none that only follows from another. */
import { defineRole, existing, incus, secret, tcp, z } from 'copse'
import { describe, expect, test } from 'vitest'
import { validate } from './validate.ts'

const place = { file: '/office/copse.config.ts', line: 1, column: 1 }
const role = (name: string, port: number) =>
  defineRole({
    name,
    options: z.strictObject({}),
    endpoints: () => ({ door: tcp(port) }),
    resources: () => [],
  })()

const dev = {
  machines: incus({ box: 'local' }),
  subnet: '10.61.0.0/24',
  domain: 'office.internal',
  prefix: 'dev',
}
const office = { name: 'office', environments: { dev }, hosts: { lb: { at: 20, roles: [] } } }

const messages = (definition: unknown) =>
  validate({ definition, place }, []).problems.map(({ message }) => message)
const withHosts = (hosts: unknown) => messages({ ...office, hosts })
const withEnvironments = (environments: unknown) => messages({ ...office, environments })

test('a definition without problems has none', () => {
  expect(messages(office)).toEqual([])
})

test.each([undefined, null, 7, 'office', [], () => office, new Map()])(
  'a definition that is %s is one',
  (definition) => {
    expect(messages(definition)).toHaveLength(definition instanceof Map ? 3 : 1)
  },
)

test('problems of all parts are told at once', () => {
  const told = messages({
    name: 'Office',
    environments: { dev: { ...dev, subnet: 'x', prefix: 7 }, 'no name': dev },
    hosts: { lb: { at: 'x', roles: [] }, web: { at: [], roles: 'web' } },
    flows: [{}, 7],
    people: [{ name: 'ana' }, 'ben'],
    extra: true,
  })
  expect(told.map((message) => message.split(' ')[0])).toEqual(
    expect.arrayContaining([
      'name',
      'environments.dev.subnet',
      'environments.dev.prefix',
      'environments["no',
      'hosts.lb.at',
      'hosts.web.at',
      'hosts.web.roles',
      'flows[0]',
      'flows[1]',
      'people[0].keys',
      'people[0].environments',
      'people[1]',
      'extra',
    ]),
  )
})

test('a part that is wrong makes no other wrong', () => {
  const after = { at: 21, roles: [], after: ['lb', 'web2'] }
  expect(withHosts({ lb: { at: 'x', roles: [] }, web: { at: [1.5, 25], roles: [] }, dns: after })).toEqual([
    expect.stringMatching(/^hosts\.lb\.at /),
    expect.stringMatching(/^hosts\.web\.at\[0\] /),
  ])
})

describe('a name', () => {
  test.each([
    '',
    'Web',
    '1web',
    'web_1',
    'web-',
    '-web',
    'w b',
    'wéb',
    'a'.repeat(64),
    'a\nb',
    '../a',
    '$(id)',
    'constructor',
    'operators',
  ])('cannot be %j', (name) => {
    expect(withHosts({ [name]: { at: 20, roles: [] } })).not.toEqual([])
    expect(withEnvironments({ [name]: dev })).not.toEqual([])
    expect(messages({ ...office, name })).not.toEqual([])
  })

  test('and its prefix may together be as long as DNS takes, and no longer', () => {
    expect(withHosts({ ['a'.repeat(60)]: { at: 20, roles: [] } })).toEqual([])
    expect(withHosts({ ['a'.repeat(61)]: { at: 20, roles: [] } })).toEqual([
      expect.stringMatching(/has 64 characters/),
    ])
  })

  test('may stand for all hosts of its group, not for hosts of two', () => {
    const web = { at: [24, 25], roles: [], names: ['www'] }
    expect(withHosts({ web })).toEqual([])
    expect(withHosts({ web, lb: { at: 20, roles: [], names: ['www'] } })).toEqual([
      'the name www would point at web1, web2 of hosts.web and at lb of hosts.lb',
    ])
    expect(withHosts({ web, lb: { at: 20, roles: [], names: ['devweb2'] } })).toHaveLength(1)
  })
})

describe('a subnet', () => {
  test.each(['10.0.0.0/16', '172.16.4.0/22', '192.168.1.16/28', '100.64.0.0/24'])('may be %s', (subnet) => {
    expect(
      messages({ ...office, environments: { dev: { ...dev, subnet } }, hosts: { lb: { at: 2, roles: [] } } }),
    ).toEqual([])
  })

  test.each([
    '10.0.0.0/15',
    '10.0.0.0/29',
    '10.0.0.0',
    '10.0.0.0/24/1',
    '10.0.0.1/24',
    '010.0.0.0/24',
    '10.0.0.0/024',
    '::/64',
    '10.0.0.0/24 ',
    '256.0.0.0/24',
    '1.1.1.0/24',
    '169.254.0.0/24',
    '0.0.0.0/16',
  ])('cannot be %s on a box', (subnet) => {
    expect(withEnvironments({ dev: { ...dev, subnet } })).toHaveLength(1)
  })

  test('of servers elsewhere may be public, and the same in two environments', () => {
    const cloud = { ...dev, machines: existing(), subnet: '203.0.113.0/24' }
    expect(withEnvironments({ staging: cloud, prod: cloud })).toEqual([])
  })
})

test('environments on different boxes may be alike', () => {
  const far = { ...dev, machines: incus({ box: { ssh: 'hpcube' } }) }
  expect(withEnvironments({ dev, test: far })).toEqual([])
  expect(withEnvironments({ test: far, staging: far })).toEqual([
    'test and staging share a box, but their subnets overlap',
    'test and staging share a box, but both would have a machine devlb',
  ])
})

test('two environments on one box may not have the same machines', () => {
  expect(withEnvironments({ dev, test: { ...dev, subnet: '10.62.0.0/24' } })).toEqual([
    'dev and test share a box, but both would have a machine devlb',
  ])
})

describe('addresses', () => {
  test('past what an environment counts need not fit into its subnet', () => {
    const small = { ...dev, subnet: '10.61.0.0/28' }
    const hosts = { web: { at: [2, 40], roles: [] } }
    expect(messages({ ...office, environments: { dev: { ...small, counts: { web: 1 } } }, hosts })).toEqual(
      [],
    )
    expect(messages({ ...office, environments: { dev: small }, hosts })).toHaveLength(1)
  })
})

describe('roles', () => {
  test('may share a port on two hosts, not on one', () => {
    expect(withHosts({ a: { at: 2, roles: [role('x', 80)] }, b: { at: 3, roles: [role('y', 80)] } })).toEqual(
      [],
    )
    expect(withHosts({ a: { at: 2, roles: [role('x', 80), role('y', 80)] } })).toEqual([
      'on a, x.door and y.door both use port 80/tcp',
    ])
  })

  test('have names and ports that there can be', () => {
    expect(withHosts({ a: { at: 2, roles: [role('a b', 70_000)] } })).toHaveLength(2)
  })
})

test('a circle of waiting hosts is told once', () => {
  const waits = (at: number, ...after: readonly string[]) => ({ at, roles: [], after })
  expect(withHosts({ a: waits(2, 'c'), b: waits(3, 'a'), c: waits(4, 'b'), d: waits(5, 'a') })).toEqual([
    'a would wait for itself: a after c after b after a',
  ])
})

describe('variables', () => {
  const withVariables = (variables: unknown) => withEnvironments({ dev: { ...dev, variables } })

  test('may be any text that a file can hold', () => {
    expect(
      withVariables({ A_b: '$(id)\n`\'"', n: 0, yes: false, empty: '', 'with-hyphen': '%n ../' }),
    ).toEqual([])
  })

  test.each([
    [{ a: '\0' }],
    [{ a: '\ud800' }],
    [{ a: 'x'.repeat(65_537) }],
    [{ a: null }],
    [{ a: Number.NaN }],
    [{ 'a b': '1' }],
    [{ a: {} }],
  ])('%j are refused', (variables) => {
    expect(withVariables(variables)).toHaveLength(1)
  })
})

describe('an alert', () => {
  const logs = { log: { at: 22, roles: [role('logs', 1)] } }
  const mail = { server: 'smtp://10.61.0.1:25', from: 'copse@office.example', to: ['ops@office.example'] }
  const withAlert = (alert: unknown, hosts: unknown = logs) =>
    messages({ name: 'office', environments: { dev: { ...dev, alert } }, hosts })

  test('tells a URL, a secret that holds one, a line of sh or a program', () => {
    for (const alert of [
      { webhook: 'https://chat.example/hooks/x' },
      { webhook: secret('chat') },
      { command: 'logger "$COPSE_TEXT"' },
      { command: ['logger', 'red'], webhook: 'http://10.61.0.1:8080/' },
      { mail },
      { mail: { ...mail, login: { user: 'copse', password: secret('smtp') } } },
    ])
      expect(withAlert(alert)).toEqual([])
  })

  test('tells somebody, in words that it can be told in', () => {
    expect(withAlert({})).toEqual([expect.stringContaining('alert must name a webhook, a command or mail')])
    for (const webhook of ['chat.example', 'https://chat.example/"x', 7])
      expect(withAlert({ webhook })).toEqual([expect.stringContaining('webhook must be a URL such as')])
    for (const command of ['', 'a\nb', [], 7])
      expect(withAlert({ command })).toEqual([expect.stringContaining('alert.command must ')])
    for (const part of [
      { server: 'mail.office.example' },
      { from: 'copse' },
      { to: [] },
      { to: ['a b@c'] },
      { login: { user: 'a', password: 'b' } },
    ])
      expect(withAlert({ mail: { ...mail, ...part } })).toHaveLength(1)
    expect(withAlert({ command: 'true', telegram: 'ops' })).toHaveLength(1)
  })

  test('needs a host where all that hosts find comes together', () => {
    expect(withAlert({ command: 'true' }, { lb: { at: 20, roles: [] } })).toEqual([
      'environments.dev.alert needs a host with the role logs, where all that hosts find comes together',
    ])
  })
})
