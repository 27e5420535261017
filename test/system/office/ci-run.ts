/** The CI job of the office on a machine of its own: the same artifacts and tests as on the CI host, and nothing left of it. */
import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { under } from './rollouts.ts'
import type { Engine } from './trouble.ts'
import type { World } from './world.ts'

export function ciRun(world: () => World, { engine }: Pick<Engine, 'engine'>): void {
  test('the job is run here as on the CI host: a red test is named, and neither that host nor a release is touched', {
    timeout: 600_000,
  }, async () => {
    const page = join(dirname(world().config), 'apps/www/src/pages/error.ts')
    const before = await readFile(page, 'utf8')
    const releases = await releasesOf(world())
    await writeFile(page, before.replace('There is nothing here', 'There is nothing at all'))
    const run = await world()
      .copse('ci', 'run', 'dev', 'rebuild')
      .finally(() => writeFile(page, before))
    console.info(`ci run: ${run.ms} ms`)
    expect(run.code, run.stderr).toBe(1)
    expect(run.stdout).toMatch(/^rebuild +\d+ .* failure .* [1-9]\d* passed, 1 failed/m)
    expect(run.stdout).toMatch(/^Failed in rebuild \d+:\n {2}www: ./m)
    // What was made of the app whose tests are green is what the CI host made of it.
    const artifact = /^copse-artifact (\w{64}) /m.exec(run.stdout)?.[1]
    expect(artifact).toBe(present(releases.repo).artifact)
    expect(await releasesOf(world())).toEqual(releases)
    expect(await engine('list', '--format', 'csv', '-c', 'n')).not.toContain('ci-run')
  })
}

/** Takes minutes. */
export function ciRunMachines(world: () => World): void {
  test('a green job deploys and makes the web machines anew, and no request is lost', {
    timeout: 600_000,
  }, async () => {
    const page = join(dirname(world().config), 'apps/www/src/pages/error.ts')
    const before = await readFile(page, 'utf8')
    const [runs] = [present((await releasesOf(world())).www)]
    await writeFile(page, `${before}// another release\n`)
    const born = await bornAt(world())
    await under(world(), async () => {
      const run = await world().copse('ci', 'run', 'dev', 'rebuild', '--deploy', '--machines', '--json')
      expect(run.code, run.stdout + run.stderr).toBe(0)
      const { builds, outcomes, verdicts } = JSON.parse(run.stdout)
      expect(builds).toMatchObject([{ job: 'rebuild', result: 'success', tests: { failed: 0 } }])
      const hosts = outcomes.map(({ host }: { readonly host: string }) => host)
      expect([...new Set(hosts)].sort()).toEqual(['web1', 'web2'])
      expect(verdicts.filter(({ ok }: { readonly ok: boolean }) => !ok)).toEqual([])
    }).finally(() => writeFile(page, before))
    const now = present((await releasesOf(world())).www)
    expect(now.release).toBeGreaterThan(runs.release)
    expect(now.hosts).toEqual(['web1', 'web2'])
    const later = await bornAt(world())
    expect(later.filter((line) => born.includes(line))).toEqual([])
  })
}

interface Release {
  readonly release: number
  readonly state: string
  readonly artifact: string
  readonly hosts: readonly string[]
}

async function releasesOf(world: World): Promise<Record<'www' | 'repo', readonly Release[]>> {
  const of = async (app: string) => {
    const { code, stdout, stderr } = await world.copse('releases', 'dev', app, '--json')
    expect(code, stderr).toBe(0)
    return JSON.parse(stdout).releases
  }
  return { www: await of('www'), repo: await of('repo') }
}

function present(releases: readonly Release[]): Release {
  return releases.find(({ state }) => state === 'present') ?? expect.fail('there is no present release')
}

/** Each web server with the id that its machine was made with. */
async function bornAt(world: World): Promise<readonly string[]> {
  const { code, stdout, stderr } = await world.copse(
    ...['exec', 'dev', '-l', 'web', '--', 'hostname; cat /etc/machine-id'],
  )
  expect(code, stderr).toBe(0)
  return stdout.match(/\b[0-9a-f]{32}\b/g) ?? []
}
