/** SIGKILL of copse at each step boundary and at random moments of up: one more run, and all is as wanted. */
import { dirname } from 'node:path'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import type { World } from './world.ts'

/** How many random moments. */
const moments = Number(process.env.COPSE_TEST_MOMENTS ?? 20)
const seed = Number(process.env.COPSE_TEST_SEED ?? Date.now() % 100_000)

const launcher = new URL('../../../copse', import.meta.url).pathname

/** Lines that tell of a phase, a step or a host; what is indented below them comes with them. */
function newsIn(said: string): number {
  return said.match(/^\S.*\n/gm)?.length ?? 0
}

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
    const left = 'dpkg --audit; find / -xdev -name ".copse-*" ! -name .copse-archive'
    const clean = await world().copse('exec', 'dev', '--', `left=$(${left}); echo "$left"; test -z "$left"`)
    expect(clean.code, `${what}: ${clean.stdout}`).toBe(0)
  }
  test('killed at each step boundary', { timeout: 2_400_000 }, async () => {
    // Each run is killed when it tells its n-th news; one that ends before has no further boundary.
    for (let boundary = 1, isKilled = true; isKilled && boundary <= 40; boundary++) {
      await spoil()
      isKilled = await killAtNews(boundary, start(world(), 'up', 'dev'))
      if (isKilled) await heals(`boundary ${boundary}`)
      else console.info(`killed at ${boundary - 1} step boundaries`)
    }
  })

  test('killed at random moments', { timeout: 900_000 }, async () => {
    await killAtRandom(moments, 6200, async (wait, moment) => {
      await spoil()
      await killAfter(wait, start(world(), 'up', 'dev'))
      await heals(`moment ${moment}`)
    })
  })
}

/** The same of a rebuild, of a host whose machine copse makes: `machines` names those that there are. */
export function killedRebuilds(world: () => World, machines: () => Promise<readonly string[]>): void {
  test('a rebuild that is killed at random moments is healed by up, which leaves one machine', {
    timeout: 900_000,
  }, async () => {
    const before = (await machines()).length
    await killAtRandom(Math.min(moments, 8), 6200, async (wait, moment) => {
      await killAfter(wait, start(world(), 'rebuild', 'dev', 'web1', '--yes'))
      const up = await world().copse('up', 'dev', '--lock-timeout', '60s')
      expect(up.code, `moment ${moment}: ${up.stderr}`).toBe(0)
      const again = await world().copse('up', 'dev')
      expect(again.stdout, `moment ${moment}`).toContain('No changes.')
      expect(await machines(), `moment ${moment}`).toHaveLength(before)
    })
  })
}

export function start({ config, env }: World, ...words: string[]) {
  return execa(launcher, ['-C', dirname(config), ...words], { env, reject: false, all: true, cleanup: true })
}

/** Killed when it tells its n-th news; false where it ends before that. */
export async function killAtNews(news: number, child: ReturnType<typeof start>): Promise<boolean> {
  let isKilled = false
  let said = ''
  child.all.on('data', (chunk: Buffer) => {
    said += chunk.toString()
    if (isKilled || newsIn(said) < news) return
    isKilled = true
    child.kill('SIGKILL')
  })
  await child
  return isKilled
}

export async function killAfter(wait: number, child: ReturnType<typeof start>): Promise<void> {
  const timer = setTimeout(() => child.kill('SIGKILL'), wait)
  await child
  clearTimeout(timer)
}

/** `wait` and `mostMs`, which is its greatest value, are in milliseconds. */
export async function killAtRandom(
  times: number,
  mostMs: number,
  work: (wait: number, moment: number) => Promise<void>,
): Promise<void> {
  console.info(`seed ${seed}, ${times} moments`)
  let random = seed
  for (let moment = 0; moment < times; moment++) {
    random = (random * 1103515245 + 12345) % 2 ** 31
    await work(200 + (random % (mostMs - 200)), moment)
  }
}
