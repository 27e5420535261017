import { type App, ci } from 'copse'
import { expect, test } from 'vitest'
import { office, officeHost } from '../../../test/fixture/office.ts'
import { nginxForArtifacts } from './artifacts.ts'
import { nginxServer } from './page.ts'

const host = officeHost('lb')
const step = { name: 'compile', run: 'make' }

const www: App = {
  ...{ name: 'www', hosts: ['web1'], source: { folder: '/office/apps/www' }, build: ['npm ci'] },
  ...{
    processes: [],
    port: 8000,
    health: '/healthz',
    drain: 10,
    names: ['www'],
    checks: [],
    uses: [],
    variables: {},
  },
}
const withApps = { ...office, apps: [www] }

/** Resources by `kind key`. */
function made(role: ReturnType<typeof ci>, environment = office) {
  const list = [role.resources(environment, host)].flat(9)
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

test('what builds apps and gives artifacts out is there where there are apps', () => {
  const ids = (environment: typeof office) => [
    ...made(ci({ packages: ['make', 'nginx'] }), environment).keys(),
  ]
  const own = [
    ...['user ci-build', 'file /usr/local/lib/copse/ci/build', 'file /usr/local/lib/copse/ci/records'],
    ...['unit ci-prune.timer', 'certificate /etc/copse/tls/ci.crt', 'file /etc/nginx/conf.d/artifacts.conf'],
  ]
  expect(ids(withApps)).toEqual(expect.arrayContaining(own))
  expect(ids(office).filter((id) => own.includes(id))).toEqual([])
  const packages = ids(office).filter((id) => id.startsWith('package '))
  expect(packages).toEqual(
    ['buildbot', 'buildbot-worker', 'nginx', 'git', 'make'].map((name) => `package ${name}`),
  )
  expect(made(ci(), withApps).get('unit nginx')).toContain('/etc/copse/tls/ci.crt')
  const names = (environment: typeof office) =>
    ci()
      .probes(environment, host)
      .map(({ name }) => name)
  expect(names(withApps).filter((name) => !names(office).includes(name))).toHaveLength(5)
  expect(ci().flows(withApps, host)).toContainEqual({ from: 'lb', to: 'internet.https' })
})

test('of what is kept only artifacts are given out, by their whole digests, and nothing is taken in', () => {
  const conf = nginxForArtifacts('ci.office.internal')
  expect(conf).toContain('location ~ "^/artifacts/([0-9a-f]{64}\\.(?:layers|tar\\.zst))$" {')
  expect(conf).toContain('limit_except GET {')
  expect(conf).not.toContain('autoindex')
})

test('npm comes as its makers give it, by its digest, with Node.js alone from Debian', () => {
  const ids = [...made(ci({ npm: true }), office).keys()]
  const own = ['package nodejs', 'unit ci-npm', 'link /usr/local/bin/npm']
  expect(ids).toEqual(expect.arrayContaining(own))
  expect(ids).not.toContain('package npm')
  const older = [ci({ npm: true }).resources(office, { ...host, debian: 12 })].flat(9)
  expect(older).toContainEqual(expect.objectContaining({ kind: 'package', key: 'npm' }))
})

test('a package that cannot be one is refused with its place', () => {
  expect(ci({ packages: ['make', '-o x'] }).problems).toEqual([
    { path: ['packages', 1], message: 'must be the name of a package of Debian' },
  ])
})
