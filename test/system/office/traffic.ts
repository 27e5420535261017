/** www stays up while one web server's nginx is stopped and started, and while its machine is lost. */
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { load } from '../load.ts'
import type { World } from './world.ts'

export function traffic(world: () => World): void {
  const target = () => ({ url: `http://${world().net}.20/`, host: 'www.office.internal', perSecond: 200, seconds: 20 })
  const instance = async (host: string) => {
    const { stdout } = await execa('lxc', ['list', '--format', 'csv', '-c', 'n'], { env: world().env })
    const name = stdout.split('\n').find((line) => line.startsWith(`dev${host}-`))
    return name ?? expect.fail(`no machine of ${host} in ${stdout}`)
  }

  test('www alternates between both web servers', async () => {
    const served = new Set<string | null>()
    for (let request = 0; request < 6; request++) {
      const response = await fetch(target().url, { headers: { host: target().host } })
      expect(response.status).toBe(200)
      served.add(response.headers.get('x-served-by'))
    }
    expect([...served].sort()).toEqual(['devweb1', 'devweb2'])
  })

  test('200 new GETs/s lose none while nginx on one is stopped and started', { timeout: 90_000 }, async () => {
    const running = load(target())
    await new Promise((resolve) => setTimeout(resolve, 4000))
    expect((await world().copse('exec', 'dev', '-l', 'web1', '--', 'systemctl stop nginx; sleep 5; systemctl start nginx')).code).toBe(0)
    const result = await running
    console.info(`nginx stopped and started: ${result.failed} failed of ${result.sent}`)
    expect(result.sent).toBeGreaterThan(3900)
    expect(result.failed).toBe(0)
  })

  test('200 new GETs/s lose none while one machine is force-stopped, and up starts it again', { timeout: 120_000 }, async () => {
    const web2 = await instance('web2')
    const running = load(target())
    await new Promise((resolve) => setTimeout(resolve, 4000))
    await execa('lxc', ['stop', '--force', web2], { env: world().env })
    const result = await running
    console.info(`machine force-stopped: ${result.failed} failed of ${result.sent}`)
    expect(result.sent).toBeGreaterThan(3900)
    expect(result.failed).toBe(0)
    const up = await world().copse('up', 'dev')
    expect(up.code, up.stderr).toBe(0)
  })
}
