/** SIGKILL of copse at each step boundary and at random moments of up: one more run, and all is as wanted. */
import { dirname } from 'node:path'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import type { World } from './world.ts'

/** How many random moments; script/soak asks for more. */
const moments = Number(process.env.COPSE_TEST_MOMENTS ?? 6)
const seed = Number(process.env.COPSE_TEST_SEED ?? Date.now() % 100_000)

const launcher = new URL('../../../copse', import.meta.url).pathname

export function interruptions(world: () => World): void {
  const spoil = async () => {
    await world().copse(
      'exec',
      'dev',
      '-l',
      'web1',
      '--',
      'rm -f /etc/copse/environment.json /etc/hosts; systemctl stop nginx',
    )
    await world().copse('exec', 'dev', '-l', 'lb', '--', 'apt-get remove -y -q curl; systemctl stop haproxy')
  }
  const heals = async (what: string) => {
    const up = await world().copse('up', 'dev', '--lock-timeout', '60s')
    expect(up.code, `${what}: ${up.stderr}`).toBe(0)
    expect((await world().copse('drift', 'dev')).code, what).toBe(0)
    const left = await world().copse(
      'exec',
      'dev',
      '--',
      'dpkg --audit; find /run/copse -name "run.*"; find / -xdev -name "*.copse*" -newer /run/copse/lock -type f',
    )
    expect(left.stdout.match(/\/run\/copse\/run|\.copse/) ?? [], what).toEqual([])
  }
  const start = () => {
    return execa(launcher, ['-C', dirname(world().config), 'up', 'dev'], {
      env: world().env,
      reject: false,
      all: true,
      cleanup: true,
    })
  }

  test('killed at each step boundary', { timeout: 600_000 }, async () => {
    await spoil()
    // Each run is killed at its n-th step; a run that ends first has no further boundary.
    for (let boundary = 1; boundary <= 12; boundary++) {
      const child = start()
      let seen = 0
      let killed = false
      child.all.on('data', (chunk: Buffer) => {
        seen += (chunk.toString().match(/✓|→|\bstep\b/g) ?? []).length
        if (seen >= boundary && !killed) {
          killed = true
          child.kill('SIGKILL')
        }
      })
      await child
      if (!killed) break
    }
    await heals('step boundaries')
  })

  test('killed at random moments', { timeout: 900_000 }, async () => {
    console.info(`seed ${seed}, ${moments} moments`)
    let random = seed
    for (let moment = 0; moment < moments; moment++) {
      random = (random * 1103515245 + 12345) % 2 ** 31
      await spoil()
      const child = start()
      const timer = setTimeout(() => child.kill('SIGKILL'), 200 + (random % 6000))
      await child
      clearTimeout(timer)
      await heals(`moment ${moment}`)
    }
  })
}
