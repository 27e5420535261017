/** The CI job of the office: a red test stops the deploy and is named, and what mends it is deployed. */
import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { z } from 'zod'
import type { World } from './world.ts'

const builds = z.object({
  builds: z.array(
    z.object({
      number: z.int(),
      result: z.string(),
      commit: z.string(),
      tests: z
        .object({
          passed: z.int(),
          failed: z.int(),
          names: z.array(z.object({ app: z.string(), name: z.string() })).optional(),
        })
        .optional(),
    }),
  ),
})

type Build = z.output<typeof builds>['builds'][number]

export function ciJob(world: () => World): void {
  test('a push with a red test deploys nothing, and one that mends it is deployed', {
    timeout: 600_000,
  }, async () => {
    const page = join(dirname(world().config), 'apps/www/src/pages/error.ts')
    const before = await readFile(page, 'utf8')
    const runs = await releaseOf(world(), 'www')
    await git(world(), 'init', '--quiet', '--initial-branch=main')
    await writeFile(page, before.replace('There is nothing here', 'There is nothing at all'))
    const red = await push(world(), 'A page says something else')
    expect(red).toMatchObject({ result: 'failure', tests: { failed: 1, names: [{ app: 'www' }] } })
    expect(await releaseOf(world(), 'www')).toEqual(runs)
    await writeFile(page, before.replace("'./page.ts'", "'./page.ts' // as before"))
    const green = await push(world(), 'It says what it said')
    expect(green).toMatchObject({ result: 'success', tests: { failed: 0 } })
    const now = await releaseOf(world(), 'www')
    expect(now.release).toBeGreaterThan(runs.release)
    expect(green.commit).toContain(now.commit)
    await writeFile(page, before)
  })
}

async function releaseOf(
  world: World,
  app: string,
): Promise<{ readonly release: number; readonly commit: string }> {
  const { code, stdout, stderr } = await world.copse('releases', 'dev', app, '--json')
  expect(code, stderr).toBe(0)
  const { releases } = JSON.parse(stdout)
  return releases.find(({ state }: { readonly state: string }) => state === 'present')
}

function git(world: World, ...words: readonly string[]) {
  const identity = ['-c', 'user.name=Ana', '-c', 'user.email=ana@office.example']
  return execa('git', [...identity, ...words], { cwd: dirname(world.config) })
}

/** Commits all there is and pushes it; the build that this starts, once it has ended. */
async function push(world: World, message: string): Promise<Build> {
  await git(world, 'add', '--all', '.')
  await git(world, 'commit', '--quiet', '-m', message)
  const last = (await newest(world))?.number ?? 0
  const began = performance.now()
  const pushed = await world.copse('ci', 'push', 'dev')
  expect(pushed.code, pushed.stderr).toBe(0)
  for (;;) {
    await sleep(1000)
    const build = await newest(world)
    if (!build || build.number <= last || build.result === 'running') continue
    console.info(`from push to ${build.result}: ${Math.round((performance.now() - began) / 1000)} s`)
    return build
  }
}

async function newest(world: World): Promise<Build | undefined> {
  const { code, stdout, stderr } = await world.copse('ci', 'status', 'dev', 'rebuild', '-n', '1', '--json')
  expect(code, stderr).toBe(0)
  return builds.parse(JSON.parse(stdout)).builds[0]
}
