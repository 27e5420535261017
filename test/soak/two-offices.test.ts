/** The office twice on one box, of two checkouts: all of both is green, and from no machine of one does a port of the other answer. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { engineOf, officeHosts, officeOnBox } from '../system/office/on-box.ts'
import { openPorts } from '../system/office/scan.ts'
import type { World } from '../system/office/world.ts'

let one: World
let other: World

beforeAll(async () => {
  one = await officeOnBox()
  other = await officeOnBox(one)
})

afterAll(async () => {
  await other?.[Symbol.asyncDispose]()
  await one?.[Symbol.asyncDispose]()
}, 240_000)

test('the first comes up', { timeout: 1_800_000 }, () => comesUp(one))

test('doctor makes room for the second, which comes up too', { timeout: 1_800_000 }, async () => {
  const fixed = await other.copse('doctor', 'dev', '--fix')
  expect(fixed.code, fixed.stdout + fixed.stderr).toBe(0)
  await comesUp(other)
})

test.each([
  ['first', () => one],
  ['second', () => other],
])('all of the %s is green, with the other beside it', { timeout: 120_000 }, async (_which, world) => {
  const verified = await world().copse('verify', 'dev', '--json')
  expect(verified.code, verified.stdout).toBe(0)
})

test('from no machine of one does a port of the other answer', { timeout: 1_200_000 }, async () => {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    const onBox = engineOf(() => from)
    const targets = officeHosts.map((host) => to.address(host))
    const ports = '1-1024,2003,2004,5432,8000-8200,8443,9000-9500,19532'
    // Nobody else is to be asked at addresses that nobody here has.
    expect((await to.copse('verify', 'dev', '-l', 'lb')).code).toBe(0)
    const seen = officeHosts.map(async (host) => {
      const scan = { from: await onBox.instance(host), targets, ports }
      return { host, open: await openPorts(onBox, scan) }
    })
    expect(await Promise.all(seen)).toEqual(officeHosts.map((host) => ({ host, open: [] })))
    // The same way of looking finds what this machine may ask at home.
    const home = {
      from: await onBox.instance('web1'),
      targets: [from.address('log')],
      ports: '80,443,2003,19532',
    }
    expect(await openPorts(onBox, home)).toEqual(
      [2003, 19532].map((port) => `${from.address('log')}:${port}`),
    )
  }
})

async function comesUp(world: World): Promise<void> {
  const up = await world.copse('up', 'dev')
  expect(up.code, up.stdout + up.stderr).toBe(0)
  console.info(`up: ${up.ms} ms`)
}
