/** The second run does nothing, quickly. */
import { expect, test } from 'vitest'
import type { World } from './world.ts'

export function repeated(world: () => World): void {
  /** Which start of each service runs now, on every host. */
  const invocations = async (): Promise<string> => {
    const services =
      'systemctl show -p Id,InvocationID ssh nginx haproxy unbound systemd-journald carbon-cache statsd ci-master copse-logs'
    const found = await world().copse('exec', 'dev', '--', services)
    expect(found.code, found.stderr).toBe(0)
    // Hosts are listed in the order in which they answered.
    return found.stdout
      .split('\n')
      .filter((line) => line.includes('='))
      .sort()
      .join('\n')
  }

  test('up again changes nothing, restarts nothing and takes under 4 s', async () => {
    const before = await invocations()
    const runs = []
    for (let run = 0; run < 5; run++) runs.push(await world().copse('up', 'dev'))
    for (const run of runs) expect(run.code, run.stderr).toBe(0)
    for (const run of runs)
      expect(run.stdout + run.stderr).toContain('No changes. dev matches the definition.')
    expect(await invocations()).toBe(before)
    const times = runs.map(({ ms }) => ms).sort((a, b) => a - b)
    console.info(`no-op up: ${times.join(' ')} ms`)
    expect(times[2]).toBeLessThan(4000)
  })
}
