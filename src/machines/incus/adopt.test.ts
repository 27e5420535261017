import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { office } from '../../../test/fixture/office.ts'
import { adoptedOwner } from '../owner.ts'
import type { ProviderContext } from '../provider.ts'
import { findAdoptable, takeOver } from './adopt.ts'
import { connect } from './client.ts'
import { type FakeEngine, fakeEngine } from './fake-engine.ts'
import { labels, operatorOf } from './names.ts'
import { readPin } from './pins.ts'

const owner = 'a'.repeat(16)
const former = 'ssh-ed25519 AAAAFORMER copse'
const other = 'ssh-ed25519 AAAAOTHER ana by hand'

let stateDir: string
let context: ProviderContext
/** What the engine has: it is changed by what is asked of it. */
let network: Record<string, string>
let keys: Record<string, string>
let engine: FakeEngine

beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'adopt-'))
  context = {
    environment: office,
    stateDir,
    signal: new AbortController().signal,
    progress: () => undefined,
  }
  network = { ...labelled, 'ipv4.address': '10.61.0.1/24' }
  keys = { web1: `${former}\n${other}\n`, web2: `${former}\n` }
  engine = await fakeEngine(answer)
})
afterEach(async () => {
  await engine[Symbol.asyncDispose]()
  await rm(stateDir, { recursive: true })
})

const labelled = { [labels.ecosystem]: 'office', [labels.environment]: 'dev', [labels.owner]: owner }

function answer(call: string): unknown {
  const asked = engine.asked.at(-1)?.body ?? ''
  if (call === 'GET /1.0/networks?recursion=1')
    return [{ name: 'copseaaaaaaaa', managed: true, config: network }]
  if (call === 'PATCH /1.0/networks/copseaaaaaaaa') return Object.assign(network, JSON.parse(asked).config)
  if (call === 'GET /1.0/instances?recursion=1') return ['web1', 'web2'].map(instance)
  const [, method, name = '', path = ''] =
    /^(\w+) \/1\.0\/instances\/(\w+)\/files\?path=(.*)$/.exec(call) ?? []
  const file = decodeURIComponent(path)
  if (file === '/etc/ssh/ssh_host_ed25519_key.pub') return `ssh-ed25519 AAAA${name} copse\n`
  if (file === '/var/lib/copse/run') return name === 'web1' ? '41\n' : undefined
  if (file !== '/root/.ssh/authorized_keys') return call.includes('/volumes/') ? [] : undefined
  if (method === 'GET') return keys[name]
  keys[name] = asked
  return {}
}

function instance(host: string) {
  const config = { ...labelled, [labels.host]: host, [labels.uuid]: `u-${host}`, [labels.stage]: 'made' }
  return { name: host, status: 'Running', config, devices: {} }
}

const client = () => connect(engine.engine)

test('machines take the new key for the former one, and nothing else of theirs changes', async () => {
  expect(await takeOver(client(), context, owner)).toBe(41)
  expect(keys.web1).toMatch(/^ssh-ed25519 \S+ copse\n/)
  expect(keys.web1).toContain(other)
  expect(keys.web1).not.toContain(former)
  expect(await readPin(stateDir, 'web1')).toEqual({ uuid: 'u-web1', hostKey: 'ssh-ed25519 AAAAweb1 copse' })
  const changed = engine.asked.map(({ call }) => call).filter((call) => !call.startsWith('GET'))
  expect(changed).toEqual([
    'PATCH /1.0/networks/copseaaaaaaaa',
    'POST /1.0/instances/web1/files?path=%2Froot%2F.ssh%2Fauthorized_keys',
    'POST /1.0/instances/web2/files?path=%2Froot%2F.ssh%2Fauthorized_keys',
    'PATCH /1.0/networks/copseaaaaaaaa',
  ])
})

test('it is remembered here whose it is, and on the network who holds it; then there is nothing left to adopt', async () => {
  expect(await findAdoptable(client(), context)).toMatchObject({
    owner,
    machines: [{}, {}],
    stateDir: undefined,
  })
  await takeOver(client(), context, owner)
  expect(adoptedOwner(stateDir)).toBe(owner)
  expect(network).toMatchObject({ [labels.operator]: operatorOf(context), [labels.stage]: 'made' })
  expect(await findAdoptable(client(), { ...context, owner })).toBeUndefined()
})

test('cut short it is not remembered, says so on the network, and is done again from the start', async () => {
  const whole = keys
  const broken = { web1: whole.web1 ?? '' }
  keys = new Proxy(broken, {
    set(target, name, value) {
      if (name === 'web2') throw new Error('killed')
      return Reflect.set(target, name, value)
    },
  })
  await engine[Symbol.asyncDispose]()
  engine = await fakeEngine((call) => {
    try {
      return answer(call)
    } catch (error) {
      return error
    }
  })
  await expect(takeOver(client(), context, owner)).rejects.toThrow('killed')
  expect(adoptedOwner(stateDir)).toBeUndefined()
  expect(network[labels.stage]).toBe('moving')
  keys = { web1: broken.web1, web2: whole.web2 ?? '' }
  expect(await findAdoptable(client(), context)).toMatchObject({ owner })
  await takeOver(client(), context, owner)
  expect(keys.web2).toBe(keys.web1?.replace(`${other}\n`, ''))
})

test('who made it takes it back under the name that it always had', async () => {
  const maker = operatorOf(context)
  network = { ...network, [labels.owner]: maker, [labels.operator]: owner }
  await engine[Symbol.asyncDispose]()
  engine = await fakeEngine((call) => answer(call.replace(`copse${maker.slice(0, 8)}`, 'copseaaaaaaaa')))
  expect(await findAdoptable(client(), context)).toMatchObject({ owner: maker })
  await takeOver(client(), context, maker)
  expect(adoptedOwner(stateDir)).toBeUndefined()
  expect(network[labels.operator]).toBe(maker)
})

test('of two that adopt at once the later one goes on', async () => {
  await engine[Symbol.asyncDispose]()
  engine = await fakeEngine((call) => {
    const said = answer(call)
    if (call.startsWith('PATCH')) network[labels.operator] = 'b'.repeat(16)
    return said
  })
  await expect(takeOver(client(), context, owner)).rejects.toMatchObject({ code: 'refused' })
  expect(keys.web1).toContain(former)
})
