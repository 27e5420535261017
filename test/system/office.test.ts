/** The office on real containers, from nothing: what the README promises, run as a user would. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { handEdits } from './office/hand-edits.ts'
import { interruptions } from './office/interruptions.ts'
import { names } from './office/names.ts'
import { traffic } from './office/traffic.ts'
import { trouble } from './office/trouble.ts'
import { makeWorld, type World } from './office/world.ts'

let world: World

beforeAll(async () => {
  world = await makeWorld('office')
})

afterAll(async () => {
  await world[Symbol.asyncDispose]()
})

const minutes = (count: number) => count * 60_000

describe('the office', () => {
  test('a plan before anything exists says what would be made and makes nothing', async () => {
    const planned = await world.copse('plan', 'dev', '--json')
    expect(planned).toMatchObject({ code: 0 })
    expect(JSON.parse(planned.stdout)).toMatchObject({ version: 1, environment: 'dev' })
    const status = await world.copse('status', 'dev', '--json')
    const states = JSON.parse(status.stdout).hosts.map(({ state }: { state: string }) => state)
    expect(states).toEqual(['absent', 'absent', 'absent', 'absent'])
  })

  test('one command makes it real and proves it', { timeout: minutes(8) }, async () => {
    const up = await world.copse('up', 'dev')
    expect(up.code, up.stderr).toBe(0)
    expect(up.stdout + up.stderr).toContain('http://www.office.internal')
    console.info(`cold up: ${up.ms} ms`)
  })

  test('the same command again changes nothing, restarts nothing and takes under 3 s', { timeout: minutes(2) }, async () => {
    const before = await invocations()
    const runs = []
    for (let run = 0; run < 5; run++) runs.push(await world.copse('up', 'dev'))
    for (const run of runs) expect(run.code, run.stderr).toBe(0)
    for (const run of runs) expect(run.stdout + run.stderr).toContain('No changes. dev matches the definition.')
    expect(await invocations()).toEqual(before)
    const times = runs.map(({ ms }) => ms).sort((a, b) => a - b)
    console.info(`no-op up: ${times.join(' ')} ms`)
    expect(times[2]).toBeLessThan(3000)
  })

  describe('names', () => names(() => world))
  describe('hand edits', () => handEdits(() => world))
  describe('traffic', () => traffic(() => world))
  describe('trouble', () => trouble(() => world))
  describe('interruptions', () => interruptions(() => world))

  test('destroyed and made again it is verified in under 60 s', { timeout: minutes(3) }, async () => {
    const destroyed = await world.copse('destroy', 'dev', '--yes')
    expect(destroyed.code, destroyed.stderr).toBe(0)
    const up = await world.copse('up', 'dev')
    expect(up.code, up.stderr).toBe(0)
    console.info(`destroy: ${destroyed.ms} ms, warm up: ${up.ms} ms`)
    expect(destroyed.ms + up.ms).toBeLessThan(60_000)
  })
})

/** Which start of each service runs now, on every host. */
async function invocations(): Promise<string> {
  const command = 'systemctl show -p Id,InvocationID ssh nginx haproxy unbound'
  const found = await world.copse('exec', 'dev', '--', command)
  expect(found.code, found.stderr).toBe(0)
  return found.stdout
}
