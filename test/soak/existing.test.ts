/** The office on four plain servers that copse did not make: root on two, sudo on two, Debian 13 and 12 mixed. */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PlainServer } from '../fixture/plain-server.ts'
import { type PlainServers, plainServers } from '../fixture/plain-servers.ts'
import { handEdits } from '../system/office/hand-edits.ts'
import { interruptions } from '../system/office/interruptions.ts'
import { names } from '../system/office/names.ts'
import { repeated } from '../system/office/repeated.ts'
import { rollouts } from '../system/office/rollouts.ts'
import { savedPlans } from '../system/office/saved-plans.ts'
import { traffic } from '../system/office/traffic.ts'
import { makeWorld, type World } from '../system/office/world.ts'

const wishes = [
  { name: 'dns', release: 13, sudo: false },
  { name: 'lb', release: 12, sudo: true },
  { name: 'web1', release: 13, sudo: true },
  { name: 'web2', release: 12, sudo: false },
] as const

let fixture: PlainServers
let servers: ReadonlyMap<string, PlainServer>
let world: World

beforeAll(async () => {
  fixture = await plainServers()
  const made: [string, PlainServer][] = []
  // One after another: each asks for the first address that is free.
  for (const wish of wishes)
    made.push([wish.name, await fixture.server({ ...wish, name: `plain-${wish.name}` })])
  servers = new Map(made)
  world = await makeWorld({
    text: configText(fixture.net),
    addresses: Object.fromEntries(made.map(([name, { address }]) => [name, address])),
    end: async () => undefined,
  })
}, 600_000)

afterAll(async () => {
  await world?.[Symbol.asyncDispose]()
  await fixture?.[Symbol.asyncDispose]()
}, 120_000)

const server = (name: string) => servers.get(name) ?? expect.fail(`no server ${name}`)

describe('the office on plain servers', () => {
  test('up makes them what the definition says and proves it', { timeout: 480_000 }, async () => {
    const up = await world.copse('up', 'dev')
    expect(up.code, up.stderr).toBe(0)
    console.info(`first up of four plain servers: ${up.ms} ms`)
  })

  describe('again', () => repeated(() => world))
  describe('names', () =>
    names(
      () => world,
      wishes.map(({ name }) => name),
    ))
  describe('hand edits', () => handEdits(() => world))
  describe('saved plans', () => savedPlans(() => world))
  describe('traffic', () =>
    traffic(() => world, {
      pullPlug: (host) => server(host).stop(true),
      powerOn: (host) => server(host).start(),
    }))
  describe('rollouts', () => rollouts(() => world))
  describe('interruptions', () => interruptions(() => world))

  test('one black-holed host neither stops nor hides the others', { timeout: 240_000 }, async () => {
    for (const host of ['web1', 'web2', 'lb']) await server(host).exec('rm /etc/copse/environment.json')
    await server('web2').blackhole(true)
    const up = await world.copse('up', 'dev')
    await server('web2').blackhole(false)
    expect(up.code, up.stderr).toBe(3)
    expect(up.stderr).toMatch(/web2 .*✗/)
    for (const host of ['web1', 'lb'])
      expect((await server(host).exec('test -s /etc/copse/environment.json')).code).toBe(0)
    const healed = await world.copse('up', 'dev')
    expect(healed.code, healed.stderr).toBe(0)
  })

  test('a host whose key changed is refused with 5 and nothing is sent to it', async () => {
    const keep = 'cp -a /etc/ssh/ssh_host_ed25519_key /etc/ssh/ssh_host_ed25519_key.pub /root/'
    await server('web1').exec(`${keep}; rm /etc/ssh/ssh_host_*; ssh-keygen -A; systemctl restart ssh`)
    const up = await world.copse('up', 'dev')
    expect(up.code, up.stderr).toBe(5)
    await server('web1').exec('cp -a /root/ssh_host_* /etc/ssh/; systemctl restart ssh')
    expect((await world.copse('up', 'dev')).code).toBe(0)
  })

  test('a server with the stamp of another environment is refused with 5', async () => {
    await server('web1').exec('sed -i.bak s/^environment=dev/environment=other/ /var/lib/copse/identity')
    const plan = await world.copse('plan', 'dev')
    expect(plan.code, plan.stderr).toBe(5)
    await server('web1').exec('mv /var/lib/copse/identity.bak /var/lib/copse/identity')
    expect((await world.copse('plan', 'dev', '--detailed-exitcode')).code).toBe(0)
  })

  test('copse neither makes nor destroys them', async () => {
    expect((await world.copse('destroy', 'dev', '--yes')).code).toBe(5)
    expect((await world.copse('plan', 'dev', '--detailed-exitcode')).code).toBe(0)
  })
})

/** The example's hosts, at the addresses that the servers have. */
function configText(net: string): string {
  const way = (name: string) => {
    const { user, identityFile, hostKey } = server(name)
    return `${name}: ${JSON.stringify({ user, identityFile, hostKey })},`
  }
  const at = (name: string) => server(name).address.split('.')[3]
  return `import { balancer, defineEcosystem, dns, existing, flow, web } from 'copse'

export default defineEcosystem({
  name: 'office',
  environments: {
    dev: {
      machines: existing({ servers: { ${wishes.map(({ name }) => way(name)).join(' ')} } }),
      subnet: '${net}.0/24',
      domain: 'office.internal',
      prefix: 'dev',
      resolvers: ['${net}.1'],
    },
  },
  hosts: {
    dns: { at: ${at('dns')}, roles: [dns()] },
    lb: { at: ${at('lb')}, roles: [balancer()], names: ['www', 'cdn', 'repo'] },
    web: { at: [${at('web1')}, ${at('web2')}], roles: [web()] },
  },
  flows: [flow('internet', 'lb.http')],
  people: [{ name: 'ana', keys: ['${readFileSync(`${server('lb').identityFile}.pub`, 'utf8').trim()}'], environments: ['dev'] }],
})
`
}
