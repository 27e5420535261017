import { ci } from 'copse'
import { expect, test } from 'vitest'
import { office, officeHost } from '../../../test/fixture/office.ts'
import { ciHost, withApp } from '../../../test/fixture/office-apps.ts'
import { nginxServer } from './page.ts'
import { rolloutTable } from './rollout.ts'

const host = officeHost('lb')
const step = { name: 'compile', run: 'make' }

/** Resources by `kind key`. */
function made(role: ReturnType<typeof ci>, environment = office, on = host) {
  const list = [role.resources(environment, on)].flat(9)
  return new Map(
    list.flatMap((item) => ('spec' in item ? [[`${item.kind} ${item.key}`, JSON.stringify(item.spec)]] : [])),
  )
}

test('jobs reach the host as data, after the one that proves that anything is built', () => {
  const spec = made(ci({ jobs: [{ name: 'site', steps: [step], schedule: '0 4 * * *' }] })).get(
    'file /etc/copse/ci/jobs.json',
  )
  const { content } = JSON.parse(spec ?? '{}')
  expect(JSON.parse(content)).toMatchObject({
    url: `http://${host.fqdn}/`,
    jobs: [{ name: 'hello' }, { name: 'site', steps: [step], schedule: '0 4 * * *', onChange: false }],
  })
})

test('no file that others may read holds a secret', () => {
  const secrets = [...made(ci())].filter(([, spec]) => spec.includes('"secret":"ci-'))
  expect(secrets.map(([id]) => id)).toEqual([
    'file /etc/copse/ci/worker-password',
    'file /etc/copse/ci/api-password',
    'file /etc/copse/ci/api-users',
  ])
  for (const [, spec] of secrets) expect([0o600, 0o640]).toContain(JSON.parse(spec).mode)
})

test.each([
  ['a name with capitals', { name: 'Site', steps: [step] }, ['jobs', 0, 'name'], 'lower-case letters'],
  ['no step', { name: 'site', steps: [] }, ['jobs', 0, 'steps'], 'needs a step'],
  [
    'a step twice',
    { name: 'site', steps: [step, step] },
    ['jobs', 0, 'steps', 1, 'name'],
    'a step compile already',
  ],
  [
    'no such time',
    { name: 'site', steps: [step], schedule: '0 24 * * *' },
    ['jobs', 0, 'schedule'],
    '"24" is no hour',
  ],
  ["the role's own name", { name: 'hello', steps: [step] }, ['jobs', 0, 'name'], 'every CI server has'],
])('%s is refused, with its place', (_what, job, path, message) => {
  expect(ci({ jobs: [job] }).problems).toEqual([{ path, message: expect.stringContaining(message) }])
})

test('two jobs of one name are refused', () => {
  const job = { name: 'site', steps: [step] }
  expect(ci({ jobs: [job, job] }).problems).toEqual([
    { path: ['jobs', 1, 'name'], message: 'there is a job site already' },
  ])
})

test('only reading needs no credentials', () => {
  const conf = nginxServer(8080)
  expect(conf).toContain('listen 8080 default_server;')
  expect(conf).toMatch(/location \/api\/ \{\n +limit_except GET \{\n +auth_basic "CI";/)
  expect(conf).toMatch(/location \/change_hook\/ \{\n +auth_basic "CI";/)
  expect(conf.match(/proxy_pass/g)).toHaveLength(2)
})

test('it is proven by a build, and never by a job of the user', () => {
  const probes = ci({ jobs: [{ name: 'deploy', steps: [step] }] }).probes(office, host)
  const builds = probes.filter(({ kind }) => kind === 'ci')
  expect(builds.map(({ name, isFast }) => [name, isFast])).toEqual([['ci lb hello', false]])
})

test('where there is an app it has a key and a table of where to roll out, with nothing secret in that', () => {
  const files = made(ci(), withApp, ciHost)
  const key = JSON.parse(files.get('file /etc/copse/ci/deploy-key') ?? '{}')
  expect(key).toMatchObject({
    content: { parts: [{ secret: 'ci-deploy', generate: 43, as: 'ssh-private-key' }] },
    ...{ owner: 'root', mode: 0o600, secret: true },
  })
  expect(rolloutTable(withApp)).toBe(`host lb 10.61.0.20 devlb.office.internal
host web1 10.61.0.24 devweb1.office.internal
host web2 10.61.0.25 devweb2.office.internal
app www web1 web2
balancers www lb
`)
  expect(files.get('file /etc/copse/ci/rollout')).toContain('app www web1 web2')
  expect(ci().flows(withApp, ciHost)).toEqual([
    { from: 'operators', to: 'ci.page' },
    ...['lb', 'web1', 'web2'].map((name) => ({ from: 'ci', to: `${name}.ssh` })),
  ])
})

test('it rolls nothing out where that was not wanted, or there is nothing', () => {
  expect([ci().deploys(), ci({ deploys: false }).deploys()]).toEqual([true, false])
  const other = { ...ciHost, deploys: false }
  const hosts = withApp.hosts.map((one) => (one.name === 'ci' ? other : one))
  for (const environment of [office, { ...withApp, hosts }]) {
    expect([...made(ci(), environment, other).keys()].filter((id) => /deploy|rollout/.test(id))).toEqual([])
    expect(ci().flows(environment, other)).toEqual([{ from: 'operators', to: 'ci.page' }])
  }
})
