/** Who hands builds to whom, as configs say it. */
import { readFileSync } from 'node:fs'
import { app, base, ci, type EnvironmentDefinition, edgesOf, incus } from 'copse'
import { expect, test } from 'vitest'
import { sshPublicKey } from '../../lib/ssh-key.ts'
import { desireEach } from '../desire-each.ts'

const place = { file: '/office/copse.config.ts', line: 1, column: 1 }
const hostKey = sshPublicKey('other')
const dev = { machines: incus({ box: 'local' }), subnet: '10.61.0.0/24', domain: 'office.internal' }
const www = { www: app({ source: './www', build: ['make'], processes: { web: './run' } }) }
const builder = (deploys: boolean) => ({ ci: { at: 23, roles: [ci({ deploys })], apps: ['www'] } })

function wish(more: Partial<EnvironmentDefinition> | Record<string, unknown>, parts: object = {}) {
  const whole = {
    name: 'office',
    environments: { dev: { ...dev, ...more } },
    hosts: builder(true),
    apps: www,
  }
  const definition = { ...whole, ...parts }
  const { desired, problems } = desireEach({ definition, place }, [base()], {
    ...{ file: place.file, read: (file) => readFileSync(file) },
  })
  return { problems: problems.map(({ message }) => message), environment: desired[0]?.environment }
}

test('a branch goes to an address or a name, at 8422 unless another port is said', () => {
  const promotes = { open: { to: '198.51.100.7', hostKey }, 'release/1.x': { to: 'ci.example:22', hostKey } }
  const { problems, environment } = wish({ promotes, accepts: [`${hostKey} other`] })
  expect(problems).toEqual([])
  expect(environment?.promotes).toEqual({
    open: { address: '198.51.100.7', port: 8422, hostKey },
    'release/1.x': { address: 'ci.example', port: 22, hostKey },
  })
  expect(environment?.accepts).toEqual([`${hostKey} other`])
})

test('on a box builds come in by a port that is published, from whom that is for', () => {
  const publish = { 2222: { to: 'ci.promotions', from: ['203.0.113.9'] } }
  const { problems, environment } = wish({ accepts: [hostKey], publish })
  expect(problems).toEqual([])
  const ways = environment ? edgesOf(environment) : []
  expect(ways.filter(({ endpoint }) => endpoint.name === 'promotions')).toMatchObject([
    { from: 'internet', only: ['203.0.113.9'], to: { name: 'ci' }, endpoint: { port: 8422 } },
  ])
})

test('nothing is handed over, and nothing taken in, unless it is said', () => {
  expect(wish({}).environment).toMatchObject({ promotes: undefined, accepts: undefined })
})

test.each([
  [{ promotes: { '-x': { to: 'a', hostKey } } }, 'must be the name of a branch'],
  [{ promotes: { 'a..b': { to: 'a', hostKey } } }, 'must be the name of a branch'],
  [{ promotes: { open: { to: '-oProxyCommand=id', hostKey } } }, 'to must be an address or a DNS name'],
  [{ promotes: { open: { to: 'root@a', hostKey } } }, 'to must be an address or a DNS name'],
  [{ promotes: { open: { to: 'a:65536', hostKey } } }, 'to must be an address or a DNS name'],
  [{ promotes: { open: { to: 'a:0', hostKey } } }, 'to must be an address or a DNS name'],
  [{ promotes: { open: { to: 7, hostKey } } }, 'to must be an address or a DNS name'],
  [{ promotes: { open: { to: 'a' } } }, 'hostKey is missing: it must be a public key'],
  [{ promotes: { open: { to: 'a', hostKey: `x ${hostKey}` } } }, 'hostKey must be'],
  [{ promotes: { open: { to: 'a', hostKey, from: 'b' } } }, 'from'],
  [{ promotes: 'open' }, 'promotes must be an object'],
  [{ accepts: [] }, 'must hold one key at least'],
  [{ accepts: [`command="id" ${hostKey}`] }, 'must be one line as in id_ed25519.pub'],
  [{ accepts: [`${hostKey} a\n${hostKey}`] }, 'must be one line as in id_ed25519.pub'],
])('%j is refused', (more, message) => {
  expect(wish(more).problems).toEqual([expect.stringContaining(message)])
})

test('both need apps and a host with the role ci, and who takes builds in must be able to deploy', () => {
  const promotes = { open: { to: 'a', hostKey } }
  const accepts = [hostKey]
  const lacks = (parts: object) => wish({ promotes, accepts }, parts).problems
  const both = [
    'environments.dev.promotes needs apps, and a host with the role ci that builds them',
    'environments.dev.accepts needs apps, and a host with the role ci that deploys them',
  ]
  expect(lacks({ hosts: { web: { at: 24, roles: [] } }, apps: {} })).toEqual(both)
  expect(lacks({ hosts: { ci: { at: 23, roles: [ci()] } }, apps: {} })).toEqual(both)
  expect(lacks({ hosts: builder(false) })).toEqual([both[1]])
})
