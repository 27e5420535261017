/** The office on real containers, from nothing: what the README promises, run as a user would. */
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { claimSubnet } from '../fixture/subnets.ts'
import { copies } from '../system/office/copies.ts'
import { names } from '../system/office/names.ts'
import { repeated } from '../system/office/repeated.ts'
import { traffic } from '../system/office/traffic.ts'
import { trouble } from '../system/office/trouble.ts'
import { makeWorld, type World } from '../system/office/world.ts'

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

const engine = async (...words: string[]) => (await execa('lxc', words, { env: world.env })).stdout
const instance = async (host: string) => {
  const all = (await engine('list', '--format', 'csv', '-c', 'n')).split('\n')
  return all.find((name) => name.startsWith(`dev${host}-`)) ?? expect.fail(`no machine of ${host} in ${all}`)
}

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

  describe('again', () => repeated(() => world))
  describe('names', () => names(() => world))
  describe('traffic', () =>
    traffic(() => world, {
      pullPlug: async (host) => void (await engine('stop', '--force', await instance(host))),
      // An operator only gives `up` again.
      powerOn: async () => undefined,
    }))
  describe('copies', () => copies(() => world))
  describe('trouble', () => trouble(() => world, { engine, instance }))

  test('destroyed and made again it is verified in under 60 s', { timeout: 240_000 }, async () => {
    const destroyed = await world.copse('destroy', 'dev', '--yes')
    expect(destroyed.code, destroyed.stderr).toBe(0)
    const up = await world.copse('up', 'dev')
    expect(up.code, up.stderr).toBe(0)
    console.info(`destroy: ${destroyed.ms} ms, warm up: ${up.ms} ms`)
    expect(destroyed.ms + up.ms).toBeLessThan(60_000)
  })
})
