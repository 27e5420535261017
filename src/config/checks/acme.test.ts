/** What certificates by ACME need of a config. */
import { balancer, existing, flow, incus, web } from 'copse'
import { expect, test } from 'vitest'
import { desireEach } from '../desire-each.ts'

const place = { file: '/office/copse.config.ts', line: 1, column: 1 }
const acme = { email: 'ops@office.example' }
const dev = { machines: incus({ box: 'local' }), subnet: '10.61.0.0/24', domain: 'office.net' }
const lb = { at: 20, roles: [balancer()], names: ['www'] }

function wish(
  environment: object,
  { balancers = { lb }, flows = [] }: { balancers?: object; flows?: object } = {},
) {
  const hosts = { ...balancers, web: { at: 24, roles: [web()] } }
  const definition = { name: 'office', environments: { dev: { ...dev, ...environment } }, hosts, flows }
  return desireEach({ definition, place }, [], { file: place.file, read: () => new Uint8Array() })
}

const told = (environment: object, more: Parameters<typeof wish>[1] = {}) =>
  wish(environment, more).problems.map(({ message, hint }) => `${message}; ${hint}`)

test('a balancer with a further name and port 80 for anybody is all that is needed', () => {
  const { problems, desired } = wish({ acme, publish: { 80: 'lb' } })
  expect(problems).toEqual([])
  expect(desired[0]?.environment.acme).toEqual({
    ...acme,
    directory: 'https://acme-v02.api.letsencrypt.org/directory',
  })
  expect(desired[0]?.environment.hosts[0]?.volumes).toEqual([{ name: 'acme', path: '/var/lib/copse-acme' }])
  for (const to of ['lb.http', 'balancer.http'] as const)
    expect(told({ acme, machines: existing() }, { flows: [flow('internet', to)] })).toEqual([])
})

test('port 80 must be open to anybody, by what the machines allow', () => {
  const closed =
    'environments.dev.acme needs port 80 of lb open to the internet: there the authority asks for each name'
  for (const publish of [
    {},
    { 443: 'lb' },
    { 8080: 'lb.http' },
    { 80: 'lb.https' },
    { 80: { to: 'lb', from: ['10.0.0.0/8'] } },
  ])
    expect(told({ acme, publish })).toEqual([
      `${closed}; publish: { 80: "lb", 443: "lb" }, or flow("internet", "lb.http") where something else leads there`,
    ])
  expect(told({ acme, machines: existing() })).toEqual([`${closed}; open it by flow("internet", "lb.http")`])
})

test('there is one balancer, with https and a name besides its own', () => {
  const publish = { 80: 'lb' }
  expect(
    told({ acme, publish }, { balancers: { lb: { ...lb, roles: [balancer({ https: false })] } } }),
  ).toEqual([expect.stringContaining('needs a host with the role balancer and https')])
  expect(told({ acme, publish }, { balancers: { lb: { ...lb, names: ['lb'] } } })).toEqual([
    expect.stringContaining('has nothing to ask for: lb has no further names'),
  ])
  const two = { lb: { ...lb, at: [20, 21] } }
  expect(told({ acme, publish: { 80: 'lb1' } }, { balancers: two })).toEqual([
    expect.stringContaining('needs one balancer for its names, but lb has lb1, lb2'),
  ])
  expect(told({ acme, publish: { 80: 'lb1' }, counts: { lb: 1 } }, { balancers: two })).toEqual([])
})

test("Let's Encrypt is not asked for names that are nobody's", () => {
  const publish = { 80: 'lb' }
  expect(told({ acme, publish, domain: 'office.internal' })).toEqual([
    expect.stringContaining("asks Let's Encrypt, which certifies no name of office.internal"),
  ])
  const own = { ...acme, directory: 'https://ca.office.internal:9000/acme/directory' }
  expect(told({ acme: own, publish, domain: 'office.internal' })).toEqual([])
})

test.each([
  [{}, 'acme.email is missing'],
  [{ email: 'ops' }, 'acme.email must be an address'],
  [{ ...acme, directory: 'http://ca.office.net/dir' }, 'acme.directory must be the https URL'],
  [{ ...acme, directory: 'https://ca.office.net:99999/dir' }, 'acme.directory must be the https URL'],
  [{ ...acme, directory: 'https://ca.office.net/a b' }, 'acme.directory must be the https URL'],
  [{ ...acme, authority: '/etc/ca.pem' }, 'acme.authority must be a certificate as PEM'],
  [{ ...acme, mail: 'x' }, 'acme.mail is not a setting'],
])('%j is refused', (setting, message) => {
  expect(told({ acme: setting, publish: { 80: 'lb' } })).toEqual([expect.stringContaining(message)])
})
