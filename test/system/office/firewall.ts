/** Only what flows declare is open: scans from host to host and from a stranger, against the definition. */
import { expect, test } from 'vitest'
import { edgesOf, endOf } from '../../../src/model/edge.ts'
import type { Environment, Host } from '../../../src/model/environment.ts'
import { openPorts } from './scan.ts'
import type { Engine } from './trouble.ts'
import type { World } from './world.ts'

/** Those that most programs use, and those that something in the office uses. */
const sampled =
  '1-1024,1433,2003,3000,3306,5432,5900,6379,8000-8125,8443,8953,9090,9100,9443,9989,19532,27017'

/** Every port of every host in the long form. */
export function firewall(world: () => World, { engine, instance }: Engine, ports = sampled): void {
  const definition = async (): Promise<Environment> =>
    JSON.parse((await world().copse('config', 'dev')).stdout).environment
  const others = ({ hosts }: Environment, host: Host) => hosts.filter(({ name }) => name !== host.name)
  /** Doors of others that a host may use, or that nobody but the asker's own firewall keeps from it. */
  const declared = (environment: Environment, from: string, isLifted: boolean) => {
    const doors = edgesOf(environment).flatMap(({ from: source, to, endpoint: { protocol, port } }) => {
      const isMeant = endOf(source) === from || (isLifted && source === 'internet')
      return isMeant && to !== 'internet' && to.name !== from && protocol === 'tcp'
        ? [`${to.address}:${port}`]
        : []
    })
    return [...new Set(doors)].sort()
  }
  const found = async (environment: Environment, host: Host) => {
    const targets = others(environment, host).map(({ address }) => address)
    const open = await openPorts({ engine, instance }, { from: await instance(host.name), targets, ports })
    return open.toSorted()
  }

  /** What each host finds open, against the definition. */
  const allAsDeclared = async (environment: Environment, isLifted: boolean) => {
    const look = async (host: Host) => ({ host: host.name, open: await found(environment, host) })
    const all = []
    // Where all that all ask goes out, the box could not remember it at the same time.
    if (isLifted && ports === '-') for (const host of environment.hosts) all.push(await look(host))
    else all.push(...(await Promise.all(environment.hosts.map(look))))
    const how = isLifted ? ', with its way out open' : ''
    for (const { host, open } of all) console.info(`from ${host}${how}: ${open.join(' ') || 'nothing'}`)
    expect(all).toEqual(all.map(({ host }) => ({ host, open: declared(environment, host, isLifted) })))
  }

  test('from each host exactly those ports answer that flows declare', { timeout: 3_600_000 }, async () => {
    await allAsDeclared(await definition(), false)
  })

  test('a host whose own firewall lets everything out reaches no more than public ones besides, and drift names it', {
    timeout: 3_600_000,
  }, async () => {
    const environment = await definition()
    const lift = ['nft', 'insert', 'rule', 'inet', 'copse', 'output', 'accept']
    for (const host of environment.hosts) await engine('exec', await instance(host.name), '--', ...lift)
    await allAsDeclared(environment, true)
    const drift = await world().copse('drift', 'dev', '--json')
    expect(drift.code).toBe(2)
    expect(drift.stdout.match(/load the firewall again/g)).toHaveLength(environment.hosts.length)
    const up = await world().copse('up', 'dev')
    expect(up.code, up.stderr).toBe(0)
    expect((await world().copse('drift', 'dev')).code).toBe(0)
  })

  test('a machine on the same bridge that no definition names reaches what is public and nothing else', {
    timeout: 600_000,
  }, async () => {
    const environment = await definition()
    const name = 'stranger'
    const bridge = await engine('config', 'device', 'get', await instance('web1'), 'eth0', 'network')
    const [template] = (await engine('list', '--format', 'csv', '-c', 'n')).match(/^copse-debian-.*$/gm) ?? []
    const address = world().address('web1').replace(/\d+$/, '98')
    try {
      await engine('copy', template ?? expect.fail('there is no template'), name)
      const nic = ['eth0', 'nic', 'name=eth0', `network=${bridge}`, `ipv4.address=${address}`]
      await engine('config', 'device', 'add', name, ...nic)
      await engine('start', name)
      const way = `ip link set eth0 up; ip addr add ${address}/24 dev eth0`
      await engine('exec', name, '--', 'sh', '-c', way)
      const targets = environment.hosts.map((host) => host.address)
      const open = await openPorts({ engine, instance }, { from: name, targets, ports })
      console.info(`from a stranger: ${open.join(' ')}`)
      expect(open.toSorted()).toEqual(declared(environment, name, true))
    } finally {
      await engine('delete', '--force', name)
    }
  })
}
