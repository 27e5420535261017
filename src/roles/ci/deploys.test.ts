import { ci, type Environment, type Host } from 'copse'
import { expect, test } from 'vitest'
import { office } from '../../../test/fixture/office.ts'
import { ciHost, withApp } from '../../../test/fixture/office-apps.ts'
import { rolloutTable } from './rollout.ts'

/** Resources by `kind key`. */
function made(environment: Environment, host: Host) {
  const list = [ci().resources(environment, host)].flat(9)
  return new Map(
    list.flatMap((item) => ('spec' in item ? [[`${item.kind} ${item.key}`, JSON.stringify(item.spec)]] : [])),
  )
}

const ways = (environment: Environment, host: Host) =>
  ci()
    .flows(environment, host)
    .map(({ to }) => to)
    .filter((to) => to.endsWith('.ssh'))

test('where there is an app it has a key and a table of where to roll out, with nothing secret in that', () => {
  const files = made(withApp, ciHost)
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
  expect(ways(withApp, ciHost)).toEqual(['lb.ssh', 'web1.ssh', 'web2.ssh'])
})

test('it rolls nothing out where that was not wanted, or there is nothing', () => {
  expect([ci().deploys(), ci({ deploys: false }).deploys()]).toEqual([true, false])
  const other = { ...ciHost, deploys: false }
  const hosts = withApp.hosts.map((one) => (one.name === 'ci' ? other : one))
  for (const environment of [office, { ...withApp, hosts }]) {
    expect([...made(environment, other).keys()].filter((id) => /deploy|rollout/.test(id))).toEqual([])
    expect(ways(environment, other)).toEqual([])
  }
})
