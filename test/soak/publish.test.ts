/**
 * An environment publishes ports of this box. From outside, which a network namespace of the test's own stands for, exactly
 * these answer; they are closed when the config no longer names them, and nothing of it is left.
 */
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { claimSubnet } from '../fixture/subnets.ts'
import { runDirectory } from '../fixture/test-run.ts'
import { makeWorld, type World } from '../system/office/world.ts'
import { makeOutside, type Outside } from './publish/outside.ts'

/** Nobody else's on this box. */
const [web, far, spare] = [47_080, 47_443, 47_022]
let world: World
let outside: Outside
let untouched: string

beforeAll(async () => {
  outside = await makeOutside()
  untouched = await ruleset()
  world = await makeEnvironment()
}, 1_200_000)

afterAll(async () => {
  await world?.[Symbol.asyncDispose]()
  await outside?.[Symbol.asyncDispose]()
}, 240_000)

test('a plan says what would be published, and up does it with the rest', { timeout: 900_000 }, async () => {
  const planned = await world.copse('plan', 'dev')
  expect(planned.stdout).toContain(`+ port ${web}/tcp  leads to lb.http, for anybody`)
  const up = await world.copse('up', 'dev')
  expect(up.code, up.stdout + up.stderr).toBe(0)
  console.info(`up: ${up.ms} ms`)
})

test('from outside exactly what is published answers, at the box and at no host, and hosts see who asks', {
  timeout: 600_000,
}, async () => {
  const open = await scanAll()
  console.info(`open from outside: ${open.join(' ')}`)
  expect(open).toEqual([`${outside.box}:${web}`, `${outside.box}:${far}`])
  const asked = ['-sS', '-o', '/dev/null', '-w', '%{http_code}', '-H', 'Host: www.small.internal']
  const page = await outside.run('curl', ...asked, `http://${outside.box}:${web}/`)
  expect(page).toBe('200')
  const logged = await world.copse(
    'exec',
    'dev',
    '-l',
    'lb',
    '--',
    ...['journalctl', '-u', 'haproxy', '-n', '50', '--no-pager'],
  )
  expect(logged.stdout).toContain(`${outside.address}:`)
})

test('publish says what answers and what is for others only, and doctor what was changed for it', async () => {
  const published = await world.copse('publish', 'dev')
  expect(published.stdout).toMatch(new RegExp(`✓ ${web}/tcp +lb.http +\\S+:80 +for anybody +answers`))
  expect(published.stdout).toMatch(new RegExp(`✓ ${far}/tcp +lb.https +\\S+:443 .*closed to the box`))
  expect(published.code).toBe(0)
  const doctor = await world.copse('doctor', 'dev')
  expect(doctor.stdout).toMatch(new RegExp(`publish +${web}/tcp, ${far}/tcp`))
  expect(doctor.stdout).toContain(`port ${web}/tcp published for dev of small`)
})

test('a second up finds nothing to do', async () => {
  const before = await ruleset()
  const up = await world.copse('up', 'dev')
  expect(up.stdout).toContain('No changes. dev matches the definition.')
  expect(await ruleset()).toBe(before)
})

test('what was taken away by hand is drift, which doctor and publish name and up mends', async () => {
  await execa('nft', ['delete', 'table', 'ip', await tableName()])
  expect((await world.copse('drift', 'dev')).code).toBe(2)
  expect((await world.copse('doctor', 'dev')).code).toBe(1)
  const published = await world.copse('publish', 'dev')
  expect(published.code).toBe(1)
  expect(published.stdout).toContain('not published yet')
  const up = await world.copse('up', 'dev')
  expect(up.code, up.stderr).toBe(0)
  expect((await world.copse('publish', 'dev')).code).toBe(0)
})

test("a port that one of the box's own services answers at is refused before anything is changed", async () => {
  await world.edit(`${web}: 'lb.http'`, `${spare}: 'lb.http'`)
  const listener = createServer().listen(spare)
  await once(listener, 'listening')
  const refused = await world.copse('up', 'dev')
  listener.close()
  expect(refused.code, refused.stderr).toBe(5)
  expect(refused.stderr).toContain(`itself answers at port ${spare}/tcp`)
  await world.edit(`${spare}: 'lb.http'`, `${web}: 'lb.http'`)
})

test('what is no longer published is closed', { timeout: 300_000 }, async () => {
  await world.edit(`${web}: 'lb.http', `, '')
  const planned = await world.copse('plan', 'dev')
  expect(planned.stdout).toContain(`- port ${web}/tcp  the definition no longer publishes it`)
  const up = await world.copse('up', 'dev')
  expect(up.code, up.stderr).toBe(0)
  expect(await scanAll()).toEqual([`${outside.box}:${far}`])
})

test('a purge leaves no rule', { timeout: 300_000 }, async () => {
  const purged = await world.copse('destroy', 'dev', '--purge', '--yes')
  expect(purged.code, purged.stderr).toBe(0)
  expect(await ruleset()).not.toContain('copse_publish_')
  expect(await scanAll()).toEqual([])
  expect(untouched).not.toContain('copse_publish_')
})

async function ruleset(): Promise<string> {
  return (await execa('nft', ['-s', 'list', 'ruleset'])).stdout
}

async function tableName(): Promise<string> {
  return (await ruleset()).match(/copse_publish_[0-9a-f]{8}/)?.[0] ?? expect.fail('nothing is published')
}

/** The ports of this test at the box, which has others of its own, and all ports of the hosts, to which the outside has a route. */
async function scanAll(): Promise<readonly string[]> {
  const atBox = await outside.scan([outside.box], `${web},${far},${spare},20-1024`)
  const atHosts = await outside.scan([world.address('lb'), world.address('web')], '-')
  const known = await ownPorts()
  const isOwn = (door: string) =>
    door.startsWith(`${outside.box}:`) && known.includes(door.split(':')[1] ?? '')
  return [...atBox, ...atHosts].filter((door) => !isOwn(door)).sort()
}

/** What the box itself answers at, whatever it is. */
async function ownPorts(): Promise<readonly string[]> {
  const { stdout } = await execa('ss', ['-Hlnt'])
  return stdout.split('\n').map((line) => line.trim().split(/\s+/)[3]?.split(':').at(-1) ?? '')
}

async function makeEnvironment(): Promise<World> {
  const home = join(runDirectory(), 'publish')
  // Unprivileged machines reach their own root directory through this one.
  await mkdir(home, { mode: 0o711 })
  const subnet = await claimSubnet()
  return makeWorld({
    text: `import { balancer, defineEcosystem, incus, web } from 'copse'

export default defineEcosystem({
  name: 'small',
  environments: {
    dev: {
      machines: incus({ box: 'local' }),
      subnet: '${subnet.net}.0/24',
      domain: 'small.internal',
      publish: { ${web}: 'lb.http', ${far}: { to: 'lb.https', from: ['${outside.network}'] } },
    },
  },
  hosts: {
    lb: { at: 20, roles: [balancer()], names: ['www'] },
    web: { at: 24, roles: [web()] },
  },
})
`,
    env: { LXD_DIR: join(home, 'engine') },
    addresses: { lb: `${subnet.net}.20`, web: `${subnet.net}.24` },
    async end(ending) {
      const purged = await ending.copse('destroy', 'dev', '--purge', '--yes')
      await subnet.release()
      if (purged.code !== 0) throw new Error(purged.stderr)
    },
  })
}
