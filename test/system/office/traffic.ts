/** www stays up while one web server's nginx is stopped and started, and while its machine is lost. */
import { expect, test } from 'vitest'
import { load } from '../load.ts'
import type { World } from './world.ts'

/** `pullPlug` ends a host's machine at once, behind copse's back; `powerOn` is what an operator does then. */
export interface Plugs {
  pullPlug(host: string): Promise<void>
  powerOn(host: string): Promise<void>
}

export function traffic(world: () => World, plugs: Plugs): void {
  const target = () => ({
    url: `http://${world().address('lb')}/`,
    host: 'cdn.office.internal',
    perSecond: 200,
    seconds: 20,
  })
  test('www alternates between both web servers', async () => {
    const served = new Set<string | null>()
    for (let request = 0; request < 6; request++) {
      const response = await fetch(target().url, { headers: { host: target().host } })
      expect(response.status).toBe(200)
      served.add(response.headers.get('x-served-by'))
    }
    expect([...served].sort()).toEqual(['devweb1', 'devweb2'])
  })

  test('200 new GETs/s lose none while nginx on one is stopped and started', async () => {
    const running = load(target())
    await new Promise((resolve) => setTimeout(resolve, 4000))
    expect(
      (
        await world().copse(
          'exec',
          'dev',
          '-l',
          'web1',
          '--',
          'systemctl stop nginx; sleep 5; systemctl start nginx',
        )
      ).code,
    ).toBe(0)
    const result = await running
    console.info(`nginx stopped and started: ${result.failed} failed of ${result.sent}`)
    expect(result.sent).toBeGreaterThan(3900)
    expect(result.failed).toBe(0)
  })

  test('200 new GETs/s lose none while one machine is force-stopped', async () => {
    const running = load(target())
    await new Promise((resolve) => setTimeout(resolve, 4000))
    await plugs.pullPlug('web2')
    const result = await running
    console.info(`machine force-stopped: ${result.failed} failed of ${result.sent}`)
    expect(result.sent).toBeGreaterThan(3900)
    expect(result.failed).toBe(0)
    await plugs.powerOn('web2')
    const up = await world().copse('up', 'dev')
    expect(up.code, up.stderr).toBe(0)
  })
}
