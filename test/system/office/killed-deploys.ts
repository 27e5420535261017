/** SIGKILL of a deploy, under load: the next deploy or rollback works, and no request fails. */
import { expect, test } from 'vitest'
import { failuresOf, told, whileAsked } from '../app-load.ts'
import { type Change, presentOf, withSource } from './apps.ts'
import { killAfter, killAtNews, killAtRandom, start } from './interruptions.ts'
import type { World } from './world.ts'

/** How long one takes under load, more or less. */
const deployMs = 9000

export function killedDeploys(world: () => World, moments: number): void {
  test(`a deploy is killed at ${moments} random moments, and no request fails`, {
    timeout: moments * 300_000,
  }, async () => {
    await hasHistory(world())
    await killAtRandom(moments, deployMs, async (wait, index) => {
      await survives(world(), { index, what: `${wait} ms` }, async (child) => {
        await killAfter(wait, child)
        return true
      })
    })
  })
}

export function deploysKilledAtSteps(world: () => World): void {
  test('a deploy is killed at each step boundary, and no request fails', { timeout: 7_200_000 }, async () => {
    await hasHistory(world())
    for (let news = 1, isKilled = true; isKilled && news <= 40; news++) {
      const at = { index: news, what: `boundary ${news}` }
      isKilled = await survives(world(), at, (child) => killAtNews(news, child))
      if (!isKilled) console.info(`killed at ${news - 1} step boundaries`)
    }
  })
}

/** A release to go back to, whatever was tried before. */
async function hasHistory(world: World): Promise<void> {
  const change = { file: 'www/src/main.ts', from: '/** The process of', to: '/** A former process of' }
  await withSource(world, change, async () => {
    expect((await world.copse('deploy', 'dev', 'www')).code).toBe(0)
  })
  expect((await world.copse('deploy', 'dev', 'www')).code).toBe(0)
}

interface Moment {
  readonly index: number
  readonly what: string
}

type Child = ReturnType<typeof start>

/** Whether it was killed before it ended. */
async function survives(
  world: World,
  { index, what }: Moment,
  kill: (child: Child) => Promise<boolean>,
): Promise<boolean> {
  const change = await otherThanPresent(world)
  let isKilled = false
  await withSource(world, change, async () => {
    // The machine that builds and the machine that serves are one here: only the deploy is to meet the load.
    await built(world)
    const next = index % 2 === 0 ? 'deploy' : 'rollback'
    const { done: after, results } = await whileAsked(world.address('lb'), async () => {
      isKilled = await kill(start(world, 'deploy', 'dev', 'www'))
      return world.copse(next, 'dev', 'www', '--lock-timeout', '60s')
    })
    console.info(`killed at ${what}, then ${next} in ${after.ms} ms: ${told(results)}`)
    expect(after.code, `${what}: ${after.stdout}${after.stderr}`).toBe(0)
    expect(failuresOf(results), what).toEqual([])
  })
  expect((await presentOf(world, 'www')).hosts, what).toEqual(['web1', 'web2'])
  return isKilled
}

/** A change of www that is not what runs now: so each deploy has something to do. */
async function otherThanPresent(world: World): Promise<Change> {
  const from = '/** The process of'
  const { artifact } = await presentOf(world, 'www')
  return {
    file: 'www/src/main.ts',
    from,
    to: artifact === (await built(world)) ? '/** Another process of' : from,
  }
}

/** The artifact of what the source of www is. */
async function built(world: World): Promise<string> {
  const { code, stdout, stderr } = await world.copse('build', 'dev', 'www', '--json')
  expect(code, stderr).toBe(0)
  return JSON.parse(stdout).artifact
}
