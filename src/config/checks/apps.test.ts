/** What a config may say of apps, and what follows from it. */
import { app, balancer, defineRole, existing, secret, tcp, z } from 'copse'
import { expect, test } from 'vitest'
import type { AppOptions } from '../app.ts'
import { desireEach } from '../desire-each.ts'

const place = { file: '/office/copse.config.ts', line: 1, column: 1 }
const door = (name: string, endpoint: string, port: number) =>
  defineRole({
    name,
    options: z.strictObject({}),
    endpoints: () => ({ [endpoint]: tcp(port) }),
    resources: () => [],
  })()

const environments = {
  dev: { machines: existing(), subnet: '10.61.0.0/24', domain: 'office.internal', prefix: 'dev' },
}
const hosts = {
  lb: { at: 20, roles: [balancer({ to: 'www.http' })], names: ['www', 'repo'] },
  ci: { at: 23, roles: [door('ci', 'artifacts', 8443)] },
  web: { at: [24, 25], roles: [], apps: ['www', 'repo'] },
  db: { at: 26, roles: [door('redis', 'cache', 6379)] },
}

/** The definition with apps whose options are given. */
function wish(apps: Readonly<Record<string, Partial<AppOptions>>>, more: object = {}) {
  const made = Object.fromEntries(
    Object.entries(apps).map(([name, options]) => [
      name,
      app({ source: `./apps/${name}`, processes: { web: 'node main.ts' }, ...options }),
    ]),
  )
  const definition = { name: 'office', environments, hosts, apps: made, ...more }
  const wishes = desireEach({ definition, place }, [], { file: place.file, read: () => new Uint8Array() })
  return { ...wishes, apps: wishes.desired[0]?.environment.apps ?? [] }
}

const messages = (...input: Parameters<typeof wish>) => wish(...input).problems.map(({ message }) => message)

test('an app has its hosts, its ports in the order of apps, and its own name for balancers', () => {
  const { apps, problems } = wish({ www: {}, repo: { processes: { web: { run: 'x', instances: 2 } } } })
  expect(problems).toEqual([])
  expect(apps.map(({ name, hosts, port, names }) => [name, hosts, port, names])).toEqual([
    ['www', ['web1', 'web2'], 8000, ['www']],
    ['repo', ['web1', 'web2'], 8010, ['repo']],
  ])
})

test('what it uses is in its environment and among its flows', () => {
  const { apps, desired } = wish({ www: { uses: ['repo', 'cache'] }, repo: { uses: ['redis.cache'] } })
  expect(apps[0]?.variables).toEqual({
    REPO_URL: { parts: ['https://repo.office.internal'] },
    CACHE_HOST: { parts: ['devdb.office.internal'] },
    CACHE_PORT: { parts: ['6379'] },
  })
  expect(apps[0]?.uses).toEqual(['lb.https', 'db.cache'])
  const flows = desired[0]?.environment.flows.filter(({ from }) => from === 'web1')
  expect(flows?.map(({ to }) => to)).toEqual(expect.arrayContaining(['lb.https', 'db.cache', 'ci.artifacts']))
})

test('variables may be secret, and depend on the environment', () => {
  const { apps } = wish({
    www: { variables: ({ environment }) => ({ WHERE: environment.name, KEY: secret('www-key'), N: 7 }) },
    repo: {},
  })
  expect(apps[0]?.variables).toEqual({
    WHERE: { parts: ['dev'] },
    KEY: { parts: [{ secret: 'www-key' }] },
    N: { parts: ['7'] },
  })
})

test.each<[string, Parameters<typeof wish>, string]>([
  ['a host with an app that there is not', [{ www: {} }], 'web is to run "repo", which is no app'],
  ['an unknown use', [{ www: { uses: ['postgre'] }, repo: {} }], 'www uses "postgre", which is neither'],
  ['an app that uses itself', [{ www: { uses: ['www'] }, repo: {} }], 'www uses "www", which is neither'],
  [
    'a use of an app that no balancer knows',
    [{ www: { uses: ['repo'] }, repo: { names: ['content'] } }],
    'www uses the app repo, which no balancer has as a name',
  ],
  ['an app with the name of a role', [{ www: {}, repo: {}, redis: {} }], 'the app redis has the name of'],
  ['an app without processes', [{ www: { processes: {} }, repo: {} }], 'must have a process "web"'],
  [
    'a variable in lower case',
    [{ www: { variables: { port: 1 } }, repo: {} }],
    'apps.www.variables.port must be capital letters',
  ],
  ['two apps on one port', [{ www: { port: 8010 }, repo: {} }], 'www.http and repo.http both use port 8010'],
  [
    'no host that builds',
    [{ www: {}, repo: {} }, { hosts: { ...hosts, ci: { at: 23, roles: [] } } }],
    'the app www needs a host with the role ci',
  ],
])('%s is a problem', (_what, input, message) => {
  expect(messages(...input)).toContainEqual(expect.stringContaining(message))
})

test('what variables throw is told at the app', () => {
  const faulty = () => {
    throw new Error('no such thing')
  }
  expect(messages({ www: { variables: faulty }, repo: {} })).toEqual(['www: Error: no such thing'])
})
