/** That the CI host may roll apps out: what follows from a whole definition. */
import { readFileSync } from 'node:fs'
import { app, balancer, base, ci, edgesOf, existing, type Role } from 'copse'
import { expect, test } from 'vitest'
import { desireEach } from './desire-each.ts'

const place = { file: '/office/copse.config.ts', line: 1, column: 1 }
const environments = {
  dev: { machines: existing(), subnet: '10.61.0.0/24', domain: 'office.internal', prefix: 'dev' },
}

/** Resources and edges of a definition whose CI host has this role, and whose app and balancer share a host where asked. */
function wish(role: Role, isShared = false) {
  const front = { at: 20, roles: [balancer({ to: 'www.http' })], names: ['www'] }
  const hosts = {
    lb: isShared ? { ...front, apps: ['www', 'repo'] } : front,
    ci: { at: 23, roles: [role] },
    ...(isShared ? {} : { web: { at: [24, 25], roles: [], apps: ['www', 'repo'] } }),
    dns: { at: 26, roles: [] },
  }
  const made = (name: string) =>
    app({ source: `./apps/${name}`, processes: { web: 'node main.ts' }, names: name === 'www' ? [name] : [] })
  const definition = { name: 'office', environments, hosts, apps: { www: made('www'), repo: made('repo') } }
  const { problems, desired } = desireEach({ definition, place }, [base()], {
    file: place.file,
    read: (file) => readFileSync(file),
  })
  const [first] = desired
  return {
    problems: problems.map(({ message }) => message),
    edges: first ? edgesOf(first.environment) : [],
    /** Hosts that have a file. */
    having: (path: string) =>
      first?.hosts
        .filter(({ resources }) => resources.some(({ kind, key }) => kind === 'file' && key === path))
        .map(({ host }) => host.name),
    content: (host: string, path: string) =>
      first?.hosts
        .find((one) => one.host.name === host)
        ?.resources.find(({ kind, key }) => kind === 'file' && key === path)?.spec,
  }
}

const keys = '/var/lib/copse-deploy/.ssh/authorized_keys'
const ways = ({ edges }: ReturnType<typeof wish>) =>
  edges.flatMap(({ from, to, endpoint }) =>
    typeof from === 'object' && typeof to === 'object' && endpoint.name === 'ssh'
      ? [`${from.name} ${to.name}`]
      : [],
  )

test('its key and its way lead to hosts of apps and their balancer, and nowhere else', () => {
  const made = wish(ci())
  expect(made.problems).toEqual([])
  expect(made.having(keys)).toEqual(['lb', 'web1', 'web2'])
  expect(ways(made)).toEqual(['ci lb', 'ci web1', 'ci web2'])
  expect(made.having('/etc/copse/ci/deploy-key')).toEqual(['ci'])
  expect(made.content('web2', '/etc/copse/deploy-verbs')).toMatchObject({ content: 'runs www\nruns repo\n' })
  expect(made.content('lb', '/etc/copse/deploy-verbs')).toMatchObject({
    content: 'balances web1 www\nbalances web2 www\n',
  })
})

test('a host with apps and their balancer has one account and one table for both', () => {
  const made = wish(ci(), true)
  expect(made.problems).toEqual([])
  expect(made.having(keys)).toEqual(['lb'])
  expect(made.content('lb', '/etc/copse/deploy-verbs')).toMatchObject({
    content: 'runs www\nbalances lb www\nruns repo\n',
  })
})

test('where it may not, nobody has an account, a key or a way for it', () => {
  const made = wish(ci({ deploys: false }))
  expect(made.problems).toEqual([])
  expect([made.having(keys), made.having('/etc/copse/ci/deploy-key')]).toEqual([[], []])
  expect(ways(made)).toEqual([])
})
