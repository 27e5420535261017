/** The office on real containers, from nothing: what the README promises, run as a user would. */
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { claimSubnet } from '../fixture/subnets.ts'
import { load } from './load.ts'
import { rebuilds, rollouts } from './office/rollouts.ts'
import { volumes } from './office/volumes.ts'
import { makeWorld, type World } from './office/world.ts'

let world: World

beforeAll(async () => {
  const subnet = await claimSubnet()
  const directory = await mkdtemp(join(tmpdir(), 'co-'))
  // Unprivileged machines reach their own root directory through this one.
  await chmod(directory, 0o711)
  const example = await readFile(new URL('../../examples/office/copse.config.ts', import.meta.url), 'utf8')
  const octets = { lb: 20, dns: 21, web1: 24, web2: 25 }
  world = await makeWorld({
    text: example.replace('10.61.0.0/24', `${subnet.net}.0/24`),
    env: { LXD_DIR: join(directory, 'lxd') },
    addresses: Object.fromEntries(
      Object.entries(octets).map(([name, octet]) => [name, `${subnet.net}.${octet}`]),
    ),
    async end(ending) {
      const purged = await ending.copse('destroy', 'dev', '--purge', '--yes')
      await subnet.release()
      await rm(directory, { recursive: true, force: true })
      if (purged.code !== 0) throw new Error(purged.stderr)
    },
  })
})

afterAll(() => world?.[Symbol.asyncDispose](), 180_000)

describe('the office', () => {
  test('a plan before anything exists says what would be made and makes nothing', {
    timeout: 60_000,
  }, async () => {
    const planned = await world.copse('plan', 'dev', '--json')
    expect(planned.code, planned.stderr).toBe(0)
    expect(JSON.parse(planned.stdout)).toMatchObject({ version: 1, environment: 'dev' })
    const status = await world.copse('status', 'dev', '--json')
    const states = JSON.parse(status.stdout).hosts.map(({ state }: { state: string }) => state)
    expect(states).toEqual(['absent', 'absent', 'absent', 'absent'])
  })

  test('one command makes it real and proves it', { timeout: 480_000 }, async () => {
    const up = await world.copse('up', 'dev')
    expect(up.code, up.stderr).toBe(0)
    expect(up.stdout + up.stderr).toContain('http://www.office.internal')
    console.info(`cold up: ${up.ms} ms`)
  })

  test('www answers through the balancer under load', { timeout: 60_000 }, async () => {
    const url = `http://${world.address('lb')}/`
    const result = await load({ url, host: 'www.office.internal', perSecond: 100, seconds: 10 })
    console.info(`load: ${result.failed} failed of ${result.sent}`)
    expect(result.sent).toBe(1000)
    expect(result.failed).toBe(0)
    expect(Object.keys(result.servedBy).sort()).toEqual(['devweb1', 'devweb2'])
  })

  describe('rollouts', () => rollouts(() => world))
  describe('rebuilds', () => rebuilds(() => world))
  describe('volumes', () => volumes(() => world))

  test('every probe is green when asked again', { timeout: 60_000 }, async () => {
    const verified = await world.copse('verify', 'dev')
    expect(verified.code, verified.stdout + verified.stderr).toBe(0)
  })
})
