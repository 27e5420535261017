/** The office of the examples on containers of this box: an engine and a subnet of the test's own, and its first `up`. */
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { claimSubnet } from '../../fixture/subnets.ts'
import type { Engine } from './trouble.ts'
import { makeWorld, type World } from './world.ts'

/** Each host's place in the subnet. */
export const octets: Readonly<Record<string, number>> = {
  ...{ lb: 20, dns: 21, log: 22, ci: 23, web1: 24, web2: 25, db: 26 },
}

export const officeHosts: readonly string[] = Object.keys(octets)

/**
 * Ends with `destroy --purge`. In an engine of its own, or in that of another world beside which it ends first; or in the one
 * that COPSE_TEST_ENGINE names: whoever tries one long test after another makes an environment there by hand, with which
 * its images stay.
 */
export async function officeOnBox(beside?: World): Promise<World> {
  const subnet = await claimSubnet()
  const directory = await mkdtemp(join(tmpdir(), 'co-'))
  // Unprivileged machines reach their own root directory through this one.
  await chmod(directory, 0o711)
  const config = new URL('../../../examples/office/copse.config.ts', import.meta.url)
  const example = await readFile(config, 'utf8')
  const engine = beside?.env.LXD_DIR ?? process.env.COPSE_TEST_ENGINE ?? join(directory, 'lxd')
  return makeWorld({
    text: example.replace('10.61.0.0/24', `${subnet.net}.0/24`),
    env: { LXD_DIR: engine },
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
}

/** The engine that the office's machines are in. */
export function engineOf(world: () => World): Engine {
  const engine = async (...words: string[]) => (await execa('lxc', words, { env: world().env })).stdout
  return {
    engine,
    async instance(host) {
      const all = await engine('list', '--format', 'csv', '-c', 'n4')
      const named = all.split('\n').filter((line) => line.startsWith(`dev${host}-`))
      // Another environment's may have the same name; one that is stopped has no address.
      const [line] = [...named.filter((one) => one.includes(`,${world().address(host)} `)), ...named]
      return line?.split(',')[0] ?? expect.fail(`no machine of ${host} in ${all}`)
    },
  }
}

export function firstUp(world: () => World): void {
  test('a plan before anything exists says what would be made and makes nothing', {
    timeout: 60_000,
  }, async () => {
    const planned = await world().copse('plan', 'dev', '--json')
    expect(planned.code, planned.stderr).toBe(0)
    expect(JSON.parse(planned.stdout)).toMatchObject({ version: 1, environment: 'dev' })
    const status = await world().copse('status', 'dev', '--json')
    const states = JSON.parse(status.stdout).hosts.map(({ state }: { state: string }) => state)
    expect(states).toEqual(officeHosts.map(() => 'absent'))
  })

  test('one command makes it real and proves it', { timeout: 1_800_000 }, async () => {
    const up = await world().copse('up', 'dev')
    expect(up.code, up.stderr).toBe(0)
    expect(up.stdout + up.stderr).toContain('http://www.office.internal')
    console.info(`cold up: ${up.ms} ms`)
  })
}
