import { balancer, type Environment, type ResourceList } from 'copse'
import { expect, test } from 'vitest'
import { office, officeHost } from '../../test/fixture/office.ts'
import { withApp as environment, www } from '../../test/fixture/office-apps.ts'
import { appRole } from './app.ts'
import { deployKey, openedHosts, verbsOf } from './deploy-key.ts'

function specs(list: ResourceList): ReadonlyMap<string, unknown> {
  return new Map(
    [list].flat(9).flatMap((one) => ('spec' in one ? [[`${one.kind} ${one.key}`, one.spec]] : [])),
  )
}

test('hosts may be asked about their own apps, and balancers about those that they send requests to', () => {
  expect(verbsOf(environment, officeHost('web1'))).toBe('runs www\n')
  expect(verbsOf(environment, officeHost('lb'))).toBe('balances web1 www\nbalances web2 www\n')
  expect(openedHosts(environment).map(({ name }) => name)).toEqual(['lb', 'web1', 'web2'])
})

test('where one host is both, it is asked about both', () => {
  const single = { ...environment, apps: [{ ...www, hosts: ['lb'] }] }
  expect(verbsOf(single, officeHost('lb'))).toBe('runs www\nbalances lb www\n')
})

test.each<[string, Environment]>([
  ['no host rolls out', { ...environment, hosts: office.hosts }],
  ['there is no app', { ...environment, apps: [] }],
  ['the app runs nowhere', { ...environment, apps: [{ ...www, hosts: [] }] }],
])('where %s, no host lets anybody in for it', (_why, without) => {
  expect(openedHosts(without)).toEqual([])
  expect(deployKey(without, officeHost('web1'))).toEqual([])
})

test('the key opens one program from one address, and no shell, forwarding or terminal', () => {
  const made = specs(deployKey(environment, officeHost('web1')))
  const options = 'restrict,from="10.61.0.30",command="/usr/bin/sudo -n /usr/local/lib/copse/deploy-verb" '
  expect(made.get('file /var/lib/copse-deploy/.ssh/authorized_keys')).toMatchObject({
    content: { parts: [options, { secret: 'ci-deploy', as: 'ssh-public-key' }, '\n'] },
    ...{ owner: 'root', mode: 0o644, secret: true },
  })
  expect(made.get('file /etc/sudoers.d/copse-deploy')).toMatchObject({
    content: `Defaults:copse-deploy env_keep += "SSH_ORIGINAL_COMMAND"
copse-deploy ALL=(root) NOPASSWD: /usr/local/lib/copse/deploy-verb ""
`,
    mode: 0o440,
  })
  expect(made.get('file /usr/local/lib/copse/deploy-verb')).toMatchObject({ owner: 'root', mode: 0o755 })
})

test('it comes with apps and with balancers, and is the same by either way', () => {
  const key = 'file /var/lib/copse-deploy/.ssh/authorized_keys'
  const role = appRole({ ...www, place: { file: '/office/copse.config.ts', line: 1, column: 1 } })
  const byApp = specs(role.resources(environment, officeHost('web1')))
  const byBalancer = specs(balancer().resources(environment, officeHost('lb')))
  expect(byApp.get(key)).toEqual(byBalancer.get(key))
  expect(specs(balancer().resources(office, officeHost('lb'))).has(key)).toBe(false)
})
