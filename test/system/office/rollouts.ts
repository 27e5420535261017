/** Machines that serve the same are changed, and made anew, one after another: nobody who asks www notices. */
import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { load } from '../load.ts'
import type { Engine } from './trouble.ts'
import type { World } from './world.ts'

const restart = "command('systemctl restart nginx && touch /run/restarted', { creates: '/run/restarted' })"

/** As long as a load may last. */
const seconds = 300

/** Asks www 200 times a second while `work` is done, and a moment longer: none may fail. */
export async function under(world: World, work: () => Promise<void>): Promise<void> {
  const url = `http://${world.address('lb')}/`
  const enough = new AbortController()
  const { signal } = enough
  const running = load({ url, host: 'cdn.office.internal', perSecond: 200, seconds, signal })
  const began = performance.now()
  await work().finally(() => setTimeout(() => enough.abort(), 1000))
  const ms = Math.round(performance.now() - began)
  const { sent, failed, failures, p99, max } = await running
  console.info(`${ms} ms of work under load: ${failed} failed of ${sent}, p99 ${p99} ms, longest ${max} ms`)
  expect(ms, 'the load ended before the work').toBeLessThan(seconds * 1000)
  expect(failures).toEqual({})
}

export function rollouts(world: () => World): void {
  test('an up that restarts every web server loses no request', { timeout: 600_000 }, async () => {
    await withCommand(world(), restart, async () => {
      const up = await world().copse('up', 'dev')
      expect(up.code, up.stderr).toBe(0)
      expect(up.stderr.indexOf('web1     ✓')).toBeLessThan(up.stderr.indexOf('web2     1/1'))
    })
  })

  test('one that breaks a web server stops before the next', { timeout: 600_000 }, async () => {
    const bad = "command('systemctl stop nginx && touch /run/broken', { creates: '/run/broken' })"
    await withCommand(world(), bad, async () => {
      const up = await world().copse('up', 'dev')
      expect(up.code, up.stderr).toBe(3)
      expect(up.stdout).toMatch(/web1 +✗ failed.*nginx/)
      expect(up.stdout).toMatch(/web2 +. skipped: web1, which serves the same, failed/)
    })
  })
}

/** Puts a command on the web servers for as long as `work` is done. */
async function withCommand(world: World, command: string, work: () => Promise<void>): Promise<void> {
  await world.edit('web: { at:', `web: { resources: [${command}], at:`)
  await world.edit('import {', 'import { command,')
  try {
    await under(world, work)
  } finally {
    await world.edit(`web: { resources: [${command}], at:`, 'web: { at:')
    await world.edit('import { command,', 'import {')
  }
  expect((await world.copse('up', 'dev')).code).toBe(0)
}

/** Where copse makes the machines itself. */
export function rebuilds(world: () => World, { engine, instance }: Engine): void {
  test('both web servers are rebuilt and no request is lost', { timeout: 600_000 }, async () => {
    const settings = join(dirname(world().config), 'ssh_config')
    await writeFile(settings, (await world().copse('ssh-config', 'dev')).stdout)
    await under(world(), async () => {
      const rebuilt = await world().copse('rebuild', 'dev', 'web1', 'web2')
      expect(rebuilt.code, rebuilt.stderr).toBe(0)
    })
    const entered = await execa('ssh', ['-F', settings, 'devweb1', 'hostname'], { reject: false })
    expect(entered.stdout, entered.stderr).toBe('devweb1')
    // Else there would be nothing to go back to after the next deploy.
    const told = await world().copse('exec', 'dev', '-l', 'web', '--', 'ls /srv/apps/*/current/good')
    expect(told.stdout.match(/current\/good/g), told.stderr).toHaveLength(4)
  })

  test('a machine has its full share of the processors, also where it was left giving way', {
    timeout: 120_000,
  }, async () => {
    const web1 = await instance('web1')
    const share = () => engine('config', 'get', web1, 'limits.cpu.allowance')
    expect(await share()).toBe('')
    // As one has whose run is killed while it is configured.
    await engine('config', 'set', web1, 'limits.cpu.allowance=25%')
    expect((await world().copse('plan', 'dev')).stdout).toMatch(/~ machine.*devweb1.*still gives way/)
    expect((await world().copse('up', 'dev')).code).toBe(0)
    expect(await share()).toBe('')
  })

  test('the database forgets whose machine has gone', { timeout: 120_000 }, async () => {
    const of = world().address('web1')
    const sql = `select count(*) from pg_stat_activity where client_addr = '${of}'`
    const connections = async () => {
      const asked = await world().copse(
        ...['exec', 'dev', '-l', 'db', '--', `cd /; runuser -u postgres -- psql -Atc "${sql}"`],
      )
      return Number(/\b\d+$/m.exec(asked.stdout)?.[0])
    }
    // Two instances of repo, each with at most four; those of the machine before are as many again.
    await expect.poll(connections, { timeout: 60_000, interval: 2000 }).toBeLessThanOrEqual(8)
  })
}
