/** What was planned is what is applied, or nothing. */
import { expect, test } from 'vitest'
import type { World } from './world.ts'

export function savedPlans(world: () => World): void {
  test('a saved plan is refused when the host has moved since', async () => {
    const on = (command: string) => world().copse('exec', 'dev', '-l', 'web1', '--', command)
    await on('chmod 600 /etc/copse/environment.json')
    const saved = `${world().config}.plan`
    expect((await world().copse('plan', 'dev', '--out', saved)).code).toBe(0)
    await on('chmod 640 /etc/copse/environment.json')
    expect((await world().copse('apply', saved)).code).toBe(5)
    expect((await on('test $(stat -c %a /etc/copse/environment.json) = 640')).code).toBe(0)
    expect((await world().copse('plan', 'dev', '--out', saved)).code).toBe(0)
    expect((await world().copse('apply', saved)).code).toBe(0)
    expect((await world().copse('drift', 'dev')).code).toBe(0)
  })
}
