/** What a config may publish, and what follows from it. */
import { defineRole, edgesOf, endOf, existing, incus, tcp, udp, z } from 'copse'
import { afterAll, expect, test } from 'vitest'
import { Configs, linesOf, officeWith } from '../../../test/fixture/configs.ts'
import { desireEach } from '../desire-each.ts'

const place = { file: '/office/copse.config.ts', line: 1, column: 1 }
const proxy = defineRole({
  name: 'proxy',
  options: z.strictObject({}),
  endpoints: () => ({ http: tcp(80), https: tcp(443, { tls: true }), names: udp(53), 'names-tcp': tcp(53) }),
  resources: () => [],
})
const dev = {
  machines: incus({ box: 'local' }),
  subnet: '10.61.0.0/24',
  domain: 'office.internal',
  prefix: 'dev',
}
const hosts = { lb: { at: 20, roles: [proxy()] }, web: { at: [24, 25], roles: [proxy()] } }

function wish(publish: unknown, more: object = {}, others: object = {}) {
  const environments = { ...others, dev: { ...dev, ...more, publish } }
  const definition = { name: 'office', environments, hosts }
  const wishes = desireEach({ definition, place }, [], { file: place.file, read: () => new Uint8Array() })
  const found = wishes.desired.find(({ environment }) => environment.name === 'dev')
  return {
    problems: wishes.problems.map(({ message }) => message),
    hints: wishes.problems.map(({ hint }) => hint),
    environment: found?.environment,
  }
}

test('a host alone means what it has at that port, whatever the protocol; an endpoint is meant by its name', () => {
  const { environment, problems } = wish({ 53: 'lb', 8080: 'web2.http' })
  expect(problems).toEqual([])
  expect(
    environment?.publish.map(({ port, protocol, host, endpoint, from }) => [
      `${port}/${protocol}`,
      `${host}.${endpoint.name}:${endpoint.port}`,
      from,
    ]),
  ).toEqual([
    ['53/udp', 'lb.names:53', []],
    ['53/tcp', 'lb.names-tcp:53', []],
    ['8080/tcp', 'web2.http:80', []],
  ])
})

test('what is published is a flow from the internet, or from the networks that it is for', () => {
  const { environment } = wish({ 80: 'lb', 443: { to: 'lb', from: ['10.0.0.0/8', '203.0.113.7'] } })
  const edges = environment ? edgesOf(environment) : []
  expect(edges.map(({ from, only, to, endpoint }) => [endOf(from), only, endOf(to), endpoint.name])).toEqual([
    ['internet', undefined, 'lb', 'http'],
    ['internet', ['10.0.0.0/8', '203.0.113.7'], 'lb', 'https'],
  ])
})

test('the box is always where operators come from, whoever else is', () => {
  expect(wish({}, { operators: ['203.0.113.0/24'] }).environment?.operators).toEqual([
    '10.61.0.1',
    '203.0.113.0/24',
  ])
})

test.each([
  [{ 80: 'lv' }, 'dev publishes port 80 to "lv", but "lv" is no host', 'did you mean lb?'],
  [{ 80: 'web' }, 'dev publishes port 80 to "web", but "web" is no host', /did you mean web1|there are/],
  [
    { 8080: 'lb' },
    'dev publishes port 8080 to "lb", but lb has nothing at port 8080',
    'name one of its endpoints: "lb.http" (80), "lb.https" (443), "lb.names" (53), "lb.names-tcp" (53)',
  ],
  [{ 80: 'lb.htp' }, 'dev publishes port 80 to "lb.htp", but lb has no endpoint "htp"', 'did you mean http?'],
  [{ 80: 'lb.http.x' }, 'dev publishes port 80 to "lb.http.x", but lb has no endpoint "http.x"', undefined],
  [{ 0: 'lb' }, 'environments.dev.publish.0 must be a port, 1 to 65535', undefined],
  [{ 65536: 'lb' }, 'environments.dev.publish.65536 must be a port, 1 to 65535', undefined],
  [{ http: 'lb' }, 'environments.dev.publish.http must be a port, 1 to 65535', undefined],
  [{ 80: 7 }, /environments\.dev\.publish\.80 must be a host such as "lb"/, undefined],
  [
    { 80: { to: 'lb', from: [] } },
    /publish.*80.*\.from must hold one at least; leave it out for anybody/,
    undefined,
  ],
  [
    { 80: { to: 'lb', from: ['10.0.0.1/8'] } },
    /from\[0\] must be an IPv4 address or network such as/,
    undefined,
  ],
  [
    { 80: { to: 'lb', from: ['0.0.0.0/0'] } },
    /from means anybody with "0\.0\.0\.0\/0": leave it out/,
    undefined,
  ],
  [{ 80: { to: 'lb', for: [] } }, /publish.*80.*\.for is not a setting/, 'there are: to, from'],
  [['lb'], /environments\.dev\.publish must be an object in braces/, undefined],
])('%j is a mistake', (publish, message, hint) => {
  const { problems, hints } = wish(publish)
  expect(problems).toEqual([typeof message === 'string' ? message : expect.stringMatching(message)])
  if (hint !== undefined) expect(hints[0]).toMatch(hint)
})

test('a host that the environment has no more of cannot be published', () => {
  expect(wish({ 80: 'web2' }, { counts: { web: 1 } }).problems).toEqual([
    'dev publishes port 80 to "web2", but dev counts fewer hosts of that group',
  ])
})

test('servers of your own have no box that could publish them', () => {
  const { problems, hints } = wish({ 80: 'lb' }, { machines: existing() })
  expect(problems).toEqual([
    'dev publishes ports of a box, but its machines are servers of your own, on no box: each has its own address',
  ])
  expect(hints[0]).toContain('flow("internet", "lb.http")')
})

test('two environments of a box cannot publish one port, those of two boxes can', () => {
  const test = { ...dev, subnet: '10.62.0.0/24', prefix: 'test', publish: { 80: 'lb' } }
  expect(wish({ 80: 'web1' }, {}, { test }).problems).toEqual([
    'test and dev share a box, but both publish port 80',
  ])
  const far = { ...test, machines: incus({ box: { ssh: 'hpcube' } }) }
  expect(wish({ 80: 'web1' }, {}, { test: far }).problems).toEqual([])
})

const configs = new Configs()
afterAll(() => configs[Symbol.asyncDispose]())

test.each([
  ["publish: { 80: 'lv' }", "80: 'lv'", 4, /port 80 to "lv", but "lv" is no host; did you mean lb\?$/],
  ["publish: { 80: 'lb', 99999: 'lb' }", '99999', 0, /must be a port, 1 to 65535$/],
])('%s is told at its line and column', async (setting, blamed, offset, said) => {
  const text = officeWith("prefix: 'dev',", `prefix: 'dev', ${setting},`)
  const line = text.split('\n').findIndex((one) => one.includes(blamed))
  const column = (text.split('\n')[line] ?? '').indexOf(blamed) + offset + 1
  const told = linesOf(await configs.evaluate(text))
  expect(told).toHaveLength(1)
  expect(told[0]).toMatch(said)
  expect(told[0]).toMatch(new RegExp(`^${line + 1}:${column} `))
})
