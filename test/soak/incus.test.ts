/** The provider `incus` on a real engine of the test's own: what every machine provider promises, and that nothing stays. */
import { existsSync } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect } from '../../src/machines/incus/client.ts'
import { stopInstance } from '../../src/machines/incus/instance-changes.ts'
import { localBox } from '../../src/machines/incus/local-box.ts'
import { bridgeName, instanceName, labels, ownerOf } from '../../src/machines/incus/names.ts'
import { reach } from '../../src/machines/incus/reach.ts'
import { providerFor } from '../../src/machines/index.ts'
import type { ProviderContext } from '../../src/machines/provider.ts'
import type { Environment, Host } from '../../src/model/environment.ts'
import { boxTraces, marksOf } from '../fixture/box-traces.ts'
import { ssh as pinnedSsh } from '../fixture/pinned-ssh.ts'
import { claimSubnet } from '../fixture/subnets.ts'
import { runDirectory } from '../fixture/test-run.ts'

const provider = providerFor({ provider: 'incus', box: 'local' })
const { signal } = new AbortController()
const never = () => undefined
let context: ProviderContext
let new13: Host
let old12: Host

beforeAll(async () => {
  const home = join(runDirectory(), 'incus')
  const variable = existsSync('/usr/libexec/incus/incusd') ? 'INCUS_DIR' : 'LXD_DIR'
  process.env[variable] = join(home, 'engine')
  const stateDir = join(home, 'state')
  // Unprivileged machines reach their root directory through the first; the second holds keys.
  await mkdir(home, { mode: 0o711 })
  await mkdir(stateDir, { mode: 0o700 })
  await using subnet = await claimSubnet()
  new13 = makeHost('new', `${subnet.net}.21`, 13)
  old12 = makeHost('old', `${subnet.net}.22`, 12)
  context = { environment: makeEnvironment(subnet.net), stateDir, signal, progress: never }
  expect(await states()).toEqual({ new: 'absent', old: 'absent' })
  await timed('prepare: engine, pool, network, two templates', () => provider.prepare(context))
}, 1_200_000)

afterAll(async () => {
  if (!context) return
  for (const { host, state } of await provider.list(context))
    if (state !== 'absent') await provider.destroy(context, host)
  await provider.release(context)
}, 120_000)

test('asking before anything was made changes nothing, and all is well with the box', async () => {
  expect((await provider.examine(context)).filter(({ ok }) => !ok)).toEqual([])
})

test('two hosts are made at once, and each answers with its pinned key and is who it should be', async () => {
  await timed('create two at once', () => Promise.all(hosts().map((host) => provider.create(context, host))))
  expect(await states()).toEqual({ new: 'running', old: 'running' })
  for (const host of hosts()) {
    const said = await ssh(host, 'hostname; hostname -f; hostname -I; cut -d. -f1 /etc/debian_version')
    expect(said.stdout.split('\n').map((line) => line.trim())).toEqual([
      host.machine,
      host.fqdn,
      host.address,
      String(host.debian),
    ])
    const uuid = await provider.identity(context, host)
    expect((await ssh(host, 'cat /var/lib/copse/identity')).stdout).toBe(
      `ecosystem=trial\nenvironment=dev\nhost=${host.name}\nuuid=${uuid}`,
    )
    const { uuid: listed } = await machine(host)
    expect(listed).toBe(uuid)
  }
})

test('no two machines share a host key or a machine id', async () => {
  const keys = await Promise.all(hosts().map((host) => provider.target(context, host)))
  expect(new Set(keys.map(({ hostKey }) => hostKey)).size).toBe(2)
  const ids = await Promise.all(hosts().map((host) => ssh(host, 'cat /etc/machine-id')))
  expect(new Set(ids.map(({ stdout }) => stdout)).size).toBe(2)
  expect(ids[0]?.stdout).toMatch(/^[0-9a-f]{32}$/)
})

test('a machine boots with no failed unit, knows the others by name, and reaches the package mirrors', async () => {
  for (const host of hosts()) {
    const state = await ssh(host, 'systemctl is-system-running --wait; getent hosts new old | wc -l')
    expect(state.stdout).toBe('running\n2')
    expect(await ssh(host, 'apt-get update -qq && curl --version && dig -v')).toMatchObject({ code: 0 })
  }
})

test('limits hold', async () => {
  expect((await ssh(new13, 'nproc')).stdout).toBe('1')
})

test('preparing and creating again change nothing', async () => {
  const before = await ssh(
    new13,
    'cat /proc/sys/kernel/random/boot_id; stat -c %Y /etc/hostname; systemctl show -P InvocationID ssh',
  )
  await provider.prepare(context)
  await provider.create(context, new13)
  const after = await ssh(
    new13,
    'cat /proc/sys/kernel/random/boot_id; stat -c %Y /etc/hostname; systemctl show -P InvocationID ssh',
  )
  expect(after).toEqual(before)
})

test("a machine stopped behind copse's back is stopped, and starts as the same machine", async () => {
  const uuid = await provider.identity(context, old12)
  await stopInstance(await client(), instanceName(ownerOf(context), old12.machine))
  expect(await states()).toEqual({ new: 'running', old: 'stopped' })
  await timed('start', () => provider.start(context, old12))
  expect((await ssh(old12, 'cat /var/lib/copse/identity')).stdout).toContain(`uuid=${uuid}`)
})

test("a machine deleted behind copse's back is absent, and comes back with a new key", async () => {
  const before = await provider.target(context, old12)
  const name = instanceName(ownerOf(context), old12.machine)
  await stopInstance(await client(), name)
  await (await client()).remove(`/1.0/instances/${name}`, 'delete it')
  expect(await states()).toEqual({ new: 'running', old: 'absent' })
  await timed('create one', () => provider.create(context, old12))
  expect((await provider.target(context, old12)).hostKey).not.toBe(before.hostKey)
  expect(await ssh(old12, 'true')).toMatchObject({ code: 0 })
})

test('a machine whose creation was cut short is made anew', async () => {
  const name = instanceName(ownerOf(context), old12.machine)
  const uuid = await provider.identity(context, old12)
  const config = { [labels.stage]: 'making' }
  const body = { json: { config } }
  await (await client()).change({ method: 'PATCH', path: `/1.0/instances/${name}`, what: 'cut short', body })
  expect(await machine(old12)).toMatchObject({
    state: 'stopped',
    detail: expect.stringContaining('cut short'),
  })
  await provider.start(context, old12)
  expect(await provider.identity(context, old12)).not.toBe(uuid)
  expect(await ssh(old12, 'true')).toMatchObject({ code: 0 })
})

test('an interrupted creation leaves nothing', async () => {
  await provider.destroy(context, 'old')
  const controller = new AbortController()
  const progress = (_subject: string, message: string) => {
    if (message.includes('SSH')) controller.abort()
  }
  const creating = provider.create({ ...context, signal: controller.signal, progress }, old12)
  await expect(creating).rejects.toMatchObject({ code: 'interrupted' })
  expect(await states()).toEqual({ new: 'running', old: 'absent' })
  expect(await readdir(join(context.stateDir, 'machines'))).toEqual(['new.json'])
})

test('a machine that the definition no longer names is still listed, and can be destroyed', async () => {
  const environment = { ...context.environment, hosts: [old12] }
  expect(await provider.list({ ...context, environment })).toMatchObject([
    { host: 'old', state: 'absent' },
    { host: 'new', state: 'running' },
  ])
})

test('another checkout is told whose these machines are, and can do nothing to them', async () => {
  const other = { ...context, stateDir: `${context.stateDir}-other` }
  const told = { state: 'foreign', hint: expect.stringMatching(/^copse adopt dev /) }
  expect(await provider.list(other)).toMatchObject([told, told])
  const refused = { code: 'refused', hint: told.hint }
  await expect(provider.prepare(other)).rejects.toMatchObject(refused)
  await expect(provider.create(other, new13)).rejects.toMatchObject(refused)
  await expect(provider.destroy(other, 'new')).rejects.toMatchObject(refused)
})

test('the subnet of another ecosystem clashes', async () => {
  const environment = { ...context.environment, ecosystem: 'another' }
  const other = { ...context, environment }
  expect((await provider.list(other)).map(({ state }) => state)).toEqual(['absent', 'absent'])
  await expect(provider.prepare(other)).rejects.toMatchObject({
    code: 'failed',
    message: expect.stringContaining(`reaches by ${bridgeName(ownerOf(context))}`),
    hint: expect.stringMatching(/10\.\d+\.0\.0\/24 is free/),
  })
})

test('the box is not released while a machine is there', async () => {
  await expect(provider.release(context)).rejects.toMatchObject({ code: 'refused' })
})

test('after destroy and release nothing is left: no machine, bridge, mount, loop device, daemon', async () => {
  const marks = await marksOf(join(runDirectory(), 'incus'))
  const kinds = (await boxTraces(marks)).map(({ what }) => what.split(' ')[0] ?? '')
  console.info(`before: ${[...new Set(kinds)].map((kind) => `${kind} ${count(kinds, kind)}`).join(', ')}`)
  expect(kinds).toEqual(expect.arrayContaining(['process', 'mount', 'loop', 'link', 'nft']))
  await timed('destroy', () => provider.destroy(context, 'new'))
  expect(await states()).toEqual({ new: 'absent', old: 'absent' })
  await timed('release', () => provider.release(context))
  expect(await reach(localBox, signal)).toMatchObject({ state: 'down' })
  expect(networkInterfaces()).not.toHaveProperty(bridgeName(ownerOf(context)))
  expect(await boxTraces(marks)).toEqual([])
  expect(await readdir(join(runDirectory(), 'incus'))).toEqual(['state'])
  expect(await states()).toEqual({ new: 'absent', old: 'absent' })
})

const count = (kinds: readonly string[], wanted: string) => kinds.filter((kind) => kind === wanted).length
const hosts = () => [new13, old12]
const machine = async (host: Host) =>
  (await provider.list(context)).find((one) => one.host === host.name) ?? expect.fail(`no ${host.name}`)
const states = async () =>
  Object.fromEntries((await provider.list(context)).map(({ host, state }) => [host, state]))

async function ssh(host: Host, command: string) {
  const { address, identityFile = '', hostKey = '' } = await provider.target(context, host)
  return pinnedSsh({ address, user: 'root', identityFile, hostKey }, command)
}

async function client() {
  const found = await reach(localBox, signal)
  return found.state === 'answers' ? connect(found.engine, signal) : expect.fail('no engine answers')
}

async function timed<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  const began = performance.now()
  const result = await work()
  console.info(`${what}: ${((performance.now() - began) / 1000).toFixed(1)} s`)
  return result
}

function makeHost(name: string, address: string, debian: Host['debian']): Host {
  return {
    name,
    group: name,
    machine: `dev${name}`,
    fqdn: `dev${name}.trial.internal`,
    address,
    names: [],
    roles: [],
    endpoints: [],
    after: [],
    debian,
    limits: { cpu: 1, memory: 256 },
    volumes: [],
    place: { file: 'copse.config.ts', line: 1, column: 1 },
  }
}

function makeEnvironment(net: string): Environment {
  return {
    ecosystem: 'trial',
    name: 'dev',
    prefix: 'dev',
    domain: 'trial.internal',
    subnet: `${net}.0/24`,
    gateway: `${net}.1`,
    resolvers: [`${net}.1`],
    operators: ['10.61.0.1'],
    variables: {},
    protected: false,
    secrets: 'local',
    provider: { provider: 'incus', box: 'local' },
    hosts: [new13, old12],
    apps: [],
    flows: [],
    publish: [],
    people: [],
  }
}
