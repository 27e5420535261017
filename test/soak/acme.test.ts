/**
 * A balancer's public names are certified by ACME: by a real Pebble on a plain server, which finds them by the environment's
 * DNS server and asks for each over http. Without Pebble https is served by the environment's own authority, and it is said
 * what is missing.
 */
import type { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { PlainServer } from '../fixture/plain-server.ts'
import { type PlainServers, plainServers } from '../fixture/plain-servers.ts'
import { claimSubnet } from '../fixture/subnets.ts'
import { runDirectory } from '../fixture/test-run.ts'
import { load } from '../system/load.ts'
import { authorityOf, redProbes, well } from '../system/office/old-certificate.ts'
import { makeWorld, type World } from '../system/office/world.ts'
import { makePebble, type Pebble } from './acme/pebble.ts'

const home = '/var/lib/copse-acme'
const publicNames = ['www.small.internal', 'cdn.small.internal']
let fixture: PlainServers
let server: PlainServer
let pebble: Pebble
let world: World

beforeAll(async () => {
  fixture = await plainServers()
  const subnet = await claimSubnet()
  server = await fixture.server({ name: 'plain-pebble', release: 13 })
  pebble = await makePebble(server, `${subnet.net}.21:53`)
  world = await makeEnvironment(subnet)
}, 1_200_000)

afterAll(async () => {
  await world?.[Symbol.asyncDispose]()
  await fixture?.[Symbol.asyncDispose]()
}, 240_000)

test('a first up without an ACME server ends, says what is missing, and serves https all the same', {
  timeout: 900_000,
}, async () => {
  const up = await world.copse('up', 'dev')
  console.info(`first up without ACME: ${up.ms} ms`)
  expect(up.code, up.stdout + up.stderr).toBe(1)
  expect(up.stderr).toContain('certified by ACME')
  const red = await redProbes(world)
  console.info(red.join('\n'))
  expect(red).toEqual(
    publicNames.map((name) =>
      expect.stringMatching(`^tls ${name}:443: nothing was issued yet; .*connection refused`),
    ),
  )
  await served(publicNames, await authorityOf(world))
})

test('once it answers, up has every public name certified; other names keep what they had', {
  timeout: 300_000,
}, async () => {
  await pebble.start()
  const up = await world.copse('up', 'dev')
  console.info(`up with ACME: ${up.ms} ms`)
  expect(up.code, up.stdout + up.stderr).toBe(0)
  const leaf = await served(publicNames, await pebble.root())
  expect(leaf.subjectAltName?.split(', ').sort()).toEqual(publicNames.map((name) => `DNS:${name}`).sort())
  await served(['lb.small.internal'], await authorityOf(world))
  await expect(served(['lb.small.internal'], await pebble.root())).rejects.toThrow()
  expect(await pebble.issued()).toBe(1)
})

test('what it keeps is for root alone', async () => {
  const loose = await on('lb', `find ${home} -type f ! -perm 600 -o ! -user root -o -type d ! -perm 700`)
  expect(loose).toBe('')
  expect(await on('lb', `ls -ld ${home} | cut -c1-10`)).toBe('drwx------')
})

test('a second up changes nothing and asks nothing', { timeout: 180_000 }, async () => {
  const before = await pebble.ordered()
  const up = await world.copse('up', 'dev')
  expect(up.stdout).toContain('No changes. dev matches the definition.')
  expect(up.code).toBe(0)
  expect((await world.copse('plan', 'dev', '--detailed-exitcode')).code).toBe(0)
  expect(before).toBeGreaterThan(0)
  expect(await pebble.ordered()).toBe(before)
})

test.each([
  ['new connections', false],
  ['connections that stay open', true],
])(
  '100 https GETs/s over %s lose none while another certificate is issued',
  { timeout: 180_000 },
  async (_what, keepAlive) => {
    const ca = await pebble.root()
    const before = await served(publicNames, ca)
    const [key, workers] = [await accountKey(), await haproxy()]
    const url = `https://${world.address('lb')}/`
    const loaded = load({ url, host: 'www.small.internal', ca, keepAlive, perSecond: 100, seconds: 25 })
    await sleep(3000)
    const began = performance.now()
    await on('lb', 'perl /usr/local/lib/copse/acme.pl now')
    const took = Math.round(performance.now() - began)
    const result = await loaded
    const after = await served(publicNames, ca)
    console.info(`renewed in ${took} ms: ${result.failed} failed of ${result.sent}, p99 ${result.p99} ms`)
    expect(result.failures).toEqual({})
    expect(result.sent).toBe(2500)
    expect(after.serialNumber).not.toBe(before.serialNumber)
    expect([await accountKey(), await haproxy()]).toEqual([key, workers])
    expect(await redProbes(world)).toEqual([])
  },
)

test('a certificate with less than a third of its life left is due, and the unit of the timer has it renewed', {
  timeout: 180_000,
}, async () => {
  const ca = await pebble.root()
  const before = await served(publicNames, ca)
  const due = 'perl /usr/local/lib/copse/acme.pl due && echo due || echo not due'
  expect(await on('lb', due)).toBe('not due')
  const at = (days: string) => `"$(date -u -d '${days} days' +%Y%m%d%H%M%SZ)"`
  const own = 'openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=old'
  const pem = `${home}/served/balancer.pem`
  await on('lb', `${own} -keyout /dev/null -not_before ${at('-20')} -not_after ${at('+9')} -out ${pem}`)
  expect(await on('lb', due)).toBe('due')
  await on('lb', 'systemctl start copse-acme.service')
  expect(await on('lb', due)).toBe('not due')
  expect((await served(publicNames, ca)).serialNumber).not.toBe(before.serialNumber)
  expect(await on('lb', 'systemctl is-active copse-acme.timer')).toBe('active')
})

test('a rebuilt balancer serves the certificate that it had, and nothing new is asked for', {
  timeout: 600_000,
}, async () => {
  const ca = await pebble.root()
  const [before, orders] = [await served(publicNames, ca), await pebble.ordered()]
  await world.edit('lb: { at: 20, ', 'lb: { at: 20, debian: 12, ')
  const rebuilt = await world.copse('rebuild', 'dev', 'lb', '--yes')
  expect(rebuilt.code, rebuilt.stdout + rebuilt.stderr).toBe(0)
  console.info(`rebuild of lb on Debian 12: ${rebuilt.ms} ms`)
  expect((await served(publicNames, ca)).serialNumber).toBe(before.serialNumber)
  expect(await pebble.ordered()).toBe(orders)
  expect(await redProbes(world)).toEqual([])
})

test('another release of HAProxy takes a renewed certificate as well', { timeout: 180_000 }, async () => {
  const ca = await pebble.root()
  const [before, workers] = [await served(publicNames, ca), await haproxy()]
  await on('lb', 'perl /usr/local/lib/copse/acme.pl now')
  expect((await served(publicNames, ca)).serialNumber).not.toBe(before.serialNumber)
  expect(await haproxy()).toBe(workers)
})

test('an ACME server that is away matters once something is to be asked of it', {
  timeout: 300_000,
}, async () => {
  const ca = await pebble.root()
  await server.blackhole(true)
  expect(await redProbes(world)).toEqual([])
  await world.edit("names: ['www', 'cdn']", "names: ['www', 'cdn', 'new']")
  const up = await world.copse('up', 'dev')
  console.info(`up while the ACME server is silent: ${up.ms} ms`)
  expect(up.code, up.stdout + up.stderr).toBe(1)
  const [red, ...others] = await redProbes(world)
  console.info(red)
  expect(red).toMatch(/^tls new\.small\.internal:443: does not verify: .*(?:deadline exceeded|timeout)/)
  expect(others).toEqual([])
  await served(publicNames, ca)
})

test('one that has forgotten everything is registered with anew', { timeout: 300_000 }, async () => {
  const key = await accountKey()
  await server.blackhole(false)
  await pebble.stop()
  await pebble.start()
  const up = await world.copse('up', 'dev')
  expect(up.code, up.stdout + up.stderr).toBe(0)
  await served([...publicNames, 'new.small.internal'], await pebble.root())
  expect(await accountKey()).not.toBe(key)
})

/** The certificate that the balancer shows for all of these names, verified against this authority alone. */
async function served(names: readonly string[], ca: string): Promise<X509Certificate> {
  const shown: X509Certificate[] = []
  for (const servername of names) {
    const socket = connect({ host: world.address('lb'), port: 443, servername, ca })
    await once(socket, 'secureConnect', { signal: AbortSignal.timeout(10_000) })
    const leaf = socket.getPeerX509Certificate()
    socket.destroy()
    if (leaf) shown.push(leaf)
  }
  expect(new Set(shown.map(({ serialNumber }) => serialNumber)).size).toBe(1)
  return shown[0] ?? expect.fail('no certificate was shown')
}

/** What a command of a host prints. */
async function on(host: string, script: string): Promise<string> {
  return (await well(world, 'exec', 'dev', '-l', host, '--', script)).trim()
}

/** Its processes: others after it was loaded again. */
async function haproxy(): Promise<string> {
  return on('lb', 'pgrep -x haproxy | sort -n | xargs')
}

async function accountKey(): Promise<string> {
  return on('lb', `find ${home}/lego/accounts -name '*.key' -exec sha256sum {} +`)
}

async function makeEnvironment(subnet: Awaited<ReturnType<typeof claimSubnet>>): Promise<World> {
  const directory = join(runDirectory(), 'acme')
  // Unprivileged machines reach their own root directory through this one.
  await mkdir(directory, { mode: 0o711 })
  const { net } = subnet
  return makeWorld({
    text: `import { balancer, defineEcosystem, dns, flow, incus, web } from 'copse'

export default defineEcosystem({
  name: 'small',
  environments: {
    dev: {
      machines: incus({ box: 'local' }),
      subnet: '${net}.0/24',
      domain: 'small.internal',
      acme: {
        email: 'ops@small.internal',
        directory: '${pebble.directory}',
        authority: \`${pebble.authority}\`,
      },
    },
  },
  hosts: {
    dns: { at: 21, roles: [dns({ clients: ['${fixture.net}.0/24'] })] },
    lb: { at: 20, roles: [balancer({ redirect: true })], names: ['www', 'cdn'] },
    web: { at: 24, roles: [web()] },
  },
  flows: [
    flow('internet', 'lb.http'),
    flow('internet', 'lb.https'),
    flow('internet', 'dns.dns'),
    flow('internet', 'dns.dns-tcp'),
  ],
})
`,
    env: { LXD_DIR: join(directory, 'engine') },
    addresses: { lb: `${net}.20`, dns: `${net}.21`, web: `${net}.24` },
    async end(ending) {
      const purged = await ending.copse('destroy', 'dev', '--purge', '--yes')
      await subnet.release()
      if (purged.code !== 0) throw new Error(purged.stderr)
    },
  })
}
