import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { office, officeHost } from '../../../test/fixture/office.ts'
import type { Environment, Publication } from '../../model/environment.ts'
import type { BoxContext } from './box.ts'
import { boxFile, readBox } from './box-journal.ts'
import { type Engine, lxdProduct } from './engine.ts'
import { localBox } from './local-box.ts'
import { ownerOf } from './names.ts'
import { outerAddresses, planPublished, setPublished } from './publish.ts'
import { publishScript, publishTable } from './publish-table.ts'

const [, http] = officeHost('lb').endpoints
if (!http) throw new Error('lb has no http')
const web: Publication = { port: 80, protocol: 'tcp', host: 'lb', endpoint: http, from: [] }
const other: Publication = { ...web, port: 8080, from: ['203.0.113.0/24'] }

let directory: string
/** The tables of a kernel, by name, and what programs of the box it lists at ports. */
let tables: Map<string, string>
let files: Record<string, string>

const box = {
  ...localBox,
  isRoot: true,
  read: async (path: string) => files[path] ?? (path.startsWith('/proc') ? '' : localBox.read(path)),
  addresses: async () => [
    { device: 'lo', cidr: '127.0.0.1/8' },
    { device: 'eth0', cidr: '192.0.2.2/24' },
    { device: 'copse0000000a', cidr: '10.61.0.1/24' },
  ],
  async run(_file: string, words: readonly string[], { input }: { readonly input?: string | undefined }) {
    if (words.join(' ') === 'list tables ip')
      return [...tables.keys()].map((name) => `table ip ${name}\n`).join('')
    if (words[0] === 'list') return tables.get(words[3] ?? '') ?? Promise.reject(new Error('no such table'))
    const [, name = ''] = /^table ip (\S+)/.exec(input ?? '') ?? []
    if (input?.includes('{')) tables.set(name, input)
    else tables.delete(name)
    return ''
  },
}

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'publish-'))
  tables = new Map()
  files = {}
})
afterEach(() => rm(directory, { recursive: true }))

function contextOf(publish: readonly Publication[], more: Partial<Environment> = {}): BoxContext {
  return {
    environment: { ...office, publish, ...more },
    stateDir: '/home/ana/dev',
    signal: new AbortController().signal,
    progress: () => undefined,
    box,
  }
}
const engineHere = (): Engine => ({ box, product: lxdProduct, directory })
const here = () => ({ state: 'answers', engine: engineHere(), version: '5' }) as const
const plan = (context: BoxContext) => planPublished(here(), context)

test('what is published is planned, written and noted once, and gone from kernel and journal when it is not wanted', async () => {
  const both = contextOf([web, other])
  expect(await plan(both)).toEqual([
    { port: '80/tcp', action: 'create', why: 'leads to lb.http, for anybody' },
    { port: '8080/tcp', action: 'create', why: 'leads to lb.http, for 203.0.113.0/24' },
  ])
  await setPublished(engineHere(), both, [web, other])
  const table = publishTable(ownerOf(both))
  expect(await plan(both)).toEqual([])
  expect(Object.keys((await readBox(engineHere())).published ?? {})).toEqual([table])
  const one = contextOf([web])
  expect(await plan(one)).toEqual([
    { port: '8080/tcp', action: 'destroy', why: 'the definition no longer publishes it' },
  ])
  await setPublished(engineHere(), one, [web])
  expect(await plan(one)).toEqual([])
  const none = contextOf([])
  expect(await plan(none)).toMatchObject([{ port: '80/tcp', action: 'destroy' }])
  await setPublished(engineHere(), none, [])
  expect(await plan(none)).toEqual([])
  expect([...tables.keys()]).toEqual([])
  await expect(readFile(boxFile(engineHere(), 'json'))).rejects.toThrow('ENOENT')
})

test('what is meant for others now is changed', async () => {
  await setPublished(engineHere(), contextOf([web]), [web])
  expect(await plan(contextOf([{ ...web, from: ['10.0.0.0/8'] }]))).toEqual([
    { port: '80/tcp', action: 'update', why: 'leads to lb.http, for 10.0.0.0/8' },
  ])
})

test('a table that a reboot has taken is put back', async () => {
  await setPublished(engineHere(), contextOf([web]), [web])
  tables.clear()
  expect(await plan(contextOf([web]))).toMatchObject([{ port: '80/tcp', action: 'create' }])
})

test('whoever may not look at the kernel believes the journal', async () => {
  await setPublished(engineHere(), contextOf([web]), [web])
  tables.clear()
  expect(await plan({ ...contextOf([web]), box: { ...box, isRoot: false } })).toEqual([])
})

test('a port that another environment publishes is refused, and its owner named', async () => {
  const neighbour = { environment: { ...office, name: 'test' }, owner: 'ffffffffffffffff' }
  tables.set('copse_publish_ffffffff', publishScript(neighbour, [web]))
  await expect(plan(contextOf([web]))).rejects.toMatchObject({
    code: 'refused',
    message: 'port 80/tcp of the box is published by test of office already',
  })
  expect(await plan(contextOf([other]))).toMatchObject([{ port: '8080/tcp', action: 'create' }])
  await setPublished(engineHere(), contextOf([other]), [other])
  expect(tables.size).toBe(2)
  // After a boot the journal alone knows of it.
  tables.clear()
  await expect(plan({ ...contextOf([other]), stateDir: '/home/ben/dev' })).rejects.toThrow(
    'port 8080/tcp of the box is published by dev of office already',
  )
})

test("a port that one of the box's own services answers at is refused", async () => {
  const listening = (address: string) =>
    `head\n  0: ${address}:0050 00000000:0000 0A 00000000:00000000 00:00000000\n`
  files['/proc/net/tcp'] = listening('00000000')
  await expect(plan(contextOf([web]))).rejects.toMatchObject({
    code: 'refused',
    message: 'something on this box itself answers at port 80/tcp',
    hint: expect.stringContaining("ss -lnp 'sport = :80'"),
  })
  files['/proc/net/tcp'] = listening('020200C0')
  await expect(plan(contextOf([web]))).rejects.toThrow('at port 80/tcp, at 192.0.2.2')
  // To itself, and to machines of an environment alone.
  for (const address of ['0100007F', '01003D0A']) {
    files['/proc/net/tcp'] = listening(address)
    expect(await plan(contextOf([web]))).toHaveLength(1)
  }
})

test('the box is reached at its addresses on the way to everywhere, else at all but those of bridges', async () => {
  expect(await outerAddresses(box)).toEqual(['192.0.2.2'])
  files['/proc/net/route'] = 'Iface\tDestination\neth1\t00000000\t0\t0\t0\t0\t0\t00000000\n'
  const two = {
    ...box,
    addresses: async () => [
      { device: 'eth0', cidr: '10.0.0.2/24' },
      { device: 'eth1', cidr: '192.0.2.9/24' },
    ],
  }
  expect(await outerAddresses(two)).toEqual(['192.0.2.9'])
})
