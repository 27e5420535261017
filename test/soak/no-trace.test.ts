/** What `copse init` writes comes up on a Debian server that has nothing yet, and is purged: nothing of it is left there. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BoxState, countsOf, differences, parseState, stateScript } from '../fixture/box-state.ts'
import { makeNestedBox, must, plainEngine } from '../fixture/nested-box.ts'
import type { PlainServer } from '../fixture/plain-server.ts'
import { type PlainServers, plainServers } from '../fixture/plain-servers.ts'
import { ask } from '../fixture/scratch-engine.ts'

const root = new URL('../../', import.meta.url).pathname
/** What the scripts of Debian's packages make and leave when the packages are purged: accounts, and three directories. */
const debianKeeps =
  /\/etc\/(passwd|group|shadow|gshadow)-?$|^(\/etc\/dnsmasq\.d|\/run\/runit(\/supervise)?) d /
let servers: PlainServers
let box: PlainServer
let untouched: BoxState
let purged: BoxState

beforeAll(async () => {
  servers = await plainServers()
  box = await makeNestedBox(servers, 'plain-box')
  const engine = await plainEngine()
  const device = ['config', 'device', 'add', box.name, 'checkout', 'disk']
  await ask(engine, [...device, `source=${root}`, 'path=/opt/copse', 'readonly=true'])
  // As on a box that has never forwarded; the kernel gives a new network the setting of this one.
  await asRoot('sysctl -q -w net.ipv4.ip_forward=0')
  // The second is above copse's own directory, and not copse's to remove.
  await asRoot('mkdir -p /root/.local/state')
  // A machine that has just booted still tries its addresses of IPv6.
  await asRoot('until [ -z "$(ip -6 -o address show tentative)" ]; do sleep 0.2; done; sleep 1')
  untouched = await look('untouched')
}, 1_200_000)

afterAll(() => servers?.[Symbol.asyncDispose](), 120_000)

test('init writes a directory and changes nothing else', async () => {
  expect(await asRoot('cd /root && /opt/copse/copse init demo 2>&1')).toContain('copse up dev')
  const began = await look('init')
  const lines = differences(untouched, began).flatMap(({ came, went }) => [...came, ...went])
  expect(lines.filter((line) => !/(^| )\/root\/demo[/ ]/.test(line))).toEqual([])
  expect(lines).not.toEqual([])
  // What was written is the user's, and stays.
  untouched = began
})

test('the starter comes up as it is', { timeout: 1_800_000 }, async () => {
  const began = performance.now()
  expect(await copse('up dev')).toMatch(/verify ✓ (\d+) of \1 green/)
  console.info(`up of the starter on a bare machine: ${((performance.now() - began) / 1000).toFixed(0)} s`)
})

test('up has changed the box in every way that is looked at', async () => {
  const changed = differences(untouched, await look('up'))
  const kinds = ['link', 'address', 'route', 'nft', 'process', 'sysctl', 'package', 'file']
  expect(changed.map(({ kind }) => kind)).toEqual(expect.arrayContaining(kinds))
  const doctor = await copse('doctor dev')
  for (const made of ['network', 'storage pool', 'template', 'packages', 'Incus started'])
    expect(doctor).toMatch(new RegExp(`made by copse +${made} `))
})

test('a purge leaves nothing but packages, and names them', { timeout: 600_000 }, async () => {
  const said = await copse('destroy dev --purge')
  expect(said).toContain('still the packages that copse installed: ')
  expect(said).toMatch(/ incus-base /)
  purged = await look('purged')
  const left = differences(untouched, purged)
  expect(left.filter(({ kind }) => !['package', 'file', 'content'].includes(kind))).toEqual([])
})

test('where the packages are there already, a purge leaves nothing', { timeout: 1_800_000 }, async () => {
  await copse('up dev')
  await copse('destroy dev --purge')
  expect(differences(purged, await look('purged again'))).toEqual([])
})

test('with --packages these go too', { timeout: 600_000 }, async () => {
  const said = await copse('destroy dev --purge --packages')
  expect(said).toMatch(/- package incus-base\n/)
  const left = differences(untouched, await look('packages removed'))
  expect(
    left.flatMap(({ came, went }) => [...came, ...went]).filter((line) => !debianKeeps.test(line)),
  ).toEqual([])
})

async function look(when: string): Promise<BoxState> {
  const state = parseState(await asRoot(stateScript))
  console.info(`${when}: ${countsOf(state)}`)
  return state
}

const copse = (words: string) => asRoot(`cd /root/demo && /opt/copse/copse ${words} 2>&1`)

const asRoot = (script: string) => must(box, script)
