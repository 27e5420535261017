/** What a CI host has for apps: a repository, a job, and what the agent knows. */
import { type App, ci, type Environment } from 'copse'
import { expect, test } from 'vitest'
import { ids } from '../../../test/fixture/ids.ts'
import { office, officeHost } from '../../../test/fixture/office.ts'
import { appTable } from './app-table.ts'
import { rebuildJob } from './rebuild.ts'
import { repositoryOptions } from './repository.ts'

const host = officeHost('lb')

function app(name: string, folder: string): App {
  return {
    ...{ name, hosts: ['web1'], source: { folder }, build: ['npm ci'], test: 'npm test', processes: [] },
    ...{ port: 8000, health: '/healthz', drain: 10, names: [name], uses: [], checks: [], variables: {} },
  }
}

const withApps: Environment = {
  ...office,
  apps: [app('www', '/office/apps/www'), app('repo', '/office/apps/repo')],
}
const atTop = { port: 80, repository: { branch: 'main', folder: '' } }

test('without apps nothing is pushed, and nothing asks for more', () => {
  const made = ids(ci().resources(office, host)).join('\n')
  expect(made).not.toMatch(/user git|agent|apps\.json/)
})

test('with apps there is a repository that the keys of people open, for nothing but git', () => {
  const made = ids(ci().resources(withApps, host))
  expect(made).toEqual(
    expect.arrayContaining([
      'user git',
      'authorized-keys git',
      'unit ci-agent.socket',
      'file /etc/copse/ci/apps.json',
    ]),
  )
  const keys = [ci().resources(withApps, host)]
    .flat(9)
    .find((one) => 'spec' in one && one.key === 'git' && one.kind === 'authorized-keys')
  expect(JSON.stringify(keys)).toContain('"restrict ssh-ed25519 ')
})

test('the agent knows where each app is in the repository, and by which balancer it is asked', () => {
  const secure = { name: 'https', role: 'balancer', port: 443, protocol: 'tcp', tls: true } as const
  const [lb, ...others] = withApps.hosts
  if (!lb) throw new Error('no host')
  const table = appTable(
    { ...withApps, hosts: [{ ...lb, endpoints: [...lb.endpoints, secure] }, ...others] },
    host,
    { port: 8080, repository: { branch: 'trunk', folder: 'servers' } },
  )
  expect(table).toMatchObject({
    repository: '/srv/git/office.git',
    branch: 'trunk',
    port: 8080,
    order: ['www', 'repo'],
    apps: {
      www: {
        folder: 'servers/apps/www',
        steps: ['npm ci'],
        test: 'npm test',
        urls: ['https://www.office.internal'],
      },
      repo: { folder: 'servers/apps/repo', urls: [] },
    },
  })
})

test('an app above the config is told of, unless the repository says where that is', () => {
  const above = { ...office, apps: [app('www', '/www')] }
  expect(() => appTable(above, host, atTop)).toThrow(/above the directory of the config/)
  const table = appTable(above, host, { port: 80, repository: { branch: 'main', folder: 'servers' } })
  expect(table.apps.www?.folder).toBe('www')
})

test('all apps are built and tested before one is deployed, and what came of it is told in any case', () => {
  const { steps } = rebuildJob(withApps.apps, { nightly: '0 3 * * *', deploys: true, promotes: false })
  expect(steps.map(({ name }) => name)).toEqual([
    'checkout',
    ...['build-www', 'build-repo', 'deploy-www', 'deploy-repo', 'verify-www', 'verify-repo'],
    'publish',
  ])
  expect(steps.filter(({ deploys }) => deploys).map(({ name }) => name.split('-')[0])).toEqual([
    ...['deploy', 'deploy', 'verify', 'verify'],
  ])
  expect(steps.at(-1)).toMatchObject({ always: true })
})

test('where the CI host may not deploy, or nothing runs an app, that is only built', () => {
  const names = (apps: readonly App[], deploys: boolean) =>
    rebuildJob(apps, { nightly: '0 3 * * *', deploys, promotes: false }).steps.map(({ name }) => name)
  expect(names(withApps.apps, false)).toEqual(['checkout', 'build-www', 'build-repo', 'publish'])
  expect(names([{ ...app('lib', '/office/lib'), hosts: [] }], true)).toEqual([
    'checkout',
    'build-lib',
    'publish',
  ])
})

test('a job of the same name in the config is the one that runs', () => {
  const own = { name: 'rebuild', steps: [{ name: 'mine', run: 'true' }] }
  const jobsOf = (role: ReturnType<typeof ci>) => {
    const file = [role.resources(withApps, host)]
      .flat(9)
      .find((one) => 'spec' in one && one.key.endsWith('jobs.json'))
    return JSON.stringify(file)
  }
  expect(jobsOf(ci())).toContain('ci-do checkout')
  expect(jobsOf(ci({ jobs: [own] }))).not.toContain('ci-do checkout')
})

test.each(['', 'servers', 'a.b/c-d'])('the folder %j is taken', (folder) => {
  expect(repositoryOptions.safeParse({ folder }).success).toBe(true)
})

test.each(['..', '../a', 'a/..', '/a', 'a/', './a'])('the folder %j is refused', (folder) => {
  expect(repositoryOptions.safeParse({ folder }).success).toBe(false)
})

test.each(['-x', 'a b', 'a..b', 'a/', 'a.'])('the branch %j is refused', (branch) => {
  expect(repositoryOptions.safeParse({ branch }).success).toBe(false)
})
