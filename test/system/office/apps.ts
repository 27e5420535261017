/** The office's apps: in a browser, deployed in a row under load, with releases that must not take over, and back again. */
import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { chromium } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { editsContent } from '../../../examples/office/apps/www/e2e/browser.ts'
import { failuresOf, lateOf, told, whileAsked } from '../app-load.ts'
import type { World } from './world.ts'

interface Release {
  readonly release: number
  readonly artifact: string
  readonly state: string
  readonly hosts: readonly string[]
}

async function releasesOf(world: World, app: string): Promise<readonly Release[]> {
  const { code, stdout, stderr } = await world.copse('releases', 'dev', app, '--json')
  expect(code, stderr).toBe(0)
  return JSON.parse(stdout).releases
}

export async function presentOf(world: World, app: string): Promise<Release> {
  const present = (await releasesOf(world, app)).find(({ state }) => state === 'present')
  return present ?? expect.fail(`${app} has no present release`)
}

/** The text of a file of an app, replaced while `work` is done. */
export async function withSource(world: World, change: Change, work: () => Promise<void>): Promise<void> {
  const path = join(dirname(world.config), 'apps', change.file)
  const before = await readFile(path, 'utf8')
  expect(before, `${change.file} is another`).toContain(change.from)
  await writeFile(path, before.replace(change.from, change.to))
  await work().finally(() => writeFile(path, before))
}

export interface Change {
  readonly file: string
  readonly from: string
  readonly to: string
}

export function apps(world: () => World): void {
  test('after up both apps have a good release on all their hosts', async () => {
    for (const app of ['repo', 'www'])
      expect(await presentOf(world(), app)).toMatchObject({ state: 'present', hosts: ['web1', 'web2'] })
  })

  test.each([true, false])(
    'www edits content of db, through the balancer, in a browser (JavaScript: %s)',
    {
      timeout: 120_000,
    },
    async (javaScriptEnabled) => {
      const rules = `MAP *.office.internal ${world().address('lb')}`
      const browser = await chromium.launch({
        executablePath: '/usr/bin/chromium',
        args: [
          '--no-sandbox',
          `--host-resolver-rules=${rules}`,
          '--disable-background-networking',
          '--disable-sync',
        ],
      })
      try {
        const page = await (await browser.newContext({ javaScriptEnabled })).newPage()
        const missing: string[] = []
        page.on('response', (response) => response.status() >= 400 && missing.push(response.url()))
        await page.goto('http://www.office.internal/')
        expect(missing).toEqual([])
        expect(await page.locator('link[rel=stylesheet]').getAttribute('href')).toMatch(
          /^\/\/cdn\.office\.internal\/www\//,
        )
        await editsContent(page, 'http://www.office.internal/')
      } finally {
        await browser.close()
      }
    },
  )

  test('a deploy of what runs already changes nothing', { timeout: 120_000 }, async () => {
    const before = await presentOf(world(), 'www')
    const deployed = await world().copse('deploy', 'dev', 'www', '--json')
    expect(deployed.code, deployed.stderr).toBe(0)
    expect(JSON.parse(deployed.stdout)).toMatchObject({
      result: 'unchanged',
      release: { release: before.release },
    })
    console.info(`a deploy that changes nothing: ${deployed.ms} ms`)
  })
}

/** So many deploys of www and repo in turn under load. */
export function deploysInARow(world: () => World, count: number): void {
  test(`${count} deploys in a row lose no request`, { timeout: count * 180_000 }, async () => {
    for (let index = 0; index < count; index += 1) await deployUnderLoad(world(), index)
  })
}

/** Both web machines are made anew while their apps are asked. */
export function rebuildUnderAppLoad(world: () => World): void {
  test('both web machines are rebuilt, and no request to an app is lost', { timeout: 600_000 }, async () => {
    const before = await presentOf(world(), 'www')
    const rebuild = () => world().copse('rebuild', 'dev', 'web1', 'web2')
    const asked = await whileAsked(world().address('lb'), rebuild)
    const { done: rebuilt, results } = asked
    console.info(`both web machines rebuilt in ${rebuilt.ms} ms under load: ${told(results)}`)
    expect(rebuilt.code, rebuilt.stdout + rebuilt.stderr).toBe(0)
    expect(failuresOf(results)).toEqual([])
    expect(lateOf(asked, () => 250)).toEqual([])
    expect(await presentOf(world(), 'www')).toMatchObject({ release: before.release, hosts: before.hosts })
  })
}

/** Each app becomes another and itself again in turn: so most of what is deployed was built before. */
async function deployUnderLoad(world: World, index: number): Promise<void> {
  const app = index % 2 === 0 ? 'www' : 'repo'
  const isOther = index % 4 < 2
  const from = '/** The process of'
  const change = { file: `${app}/src/main.ts`, from, to: isOther ? '/** Another process of' : from }
  await withSource(world, change, async () => {
    // The machine that builds and the machine that serves are one here: only the deploy is to meet the load.
    const built = await world.copse('build', 'dev', app)
    expect(built.code, built.stderr).toBe(0)
    const deploy = () => world.copse('deploy', 'dev', app)
    const asked = await whileAsked(world.address('lb'), deploy)
    const { done: deployed, results } = asked
    console.info(`deploy of ${app} in ${deployed.ms} ms under load: ${told(results)}`)
    expect(deployed.code, deployed.stdout + deployed.stderr).toBe(0)
    expect(deployed.stdout).toMatch(/Done in/)
    expect(failuresOf(results)).toEqual([])
    expect(lateOf(asked, (quiet) => Math.max(3 * quiet, 100))).toEqual([])
  })
}

interface Broken extends Change {
  /** Default: www. */
  readonly app?: string
  readonly what: string
  readonly says: RegExp
  /** Takes long: only with the long form. */
  readonly isLong?: boolean
}

const broken: readonly Broken[] = [
  {
    what: 'crashes at start',
    file: 'www/src/main.ts',
    from: 'await runService(',
    to: "throw new Error('crash at start')\nawait runService(",
    says: /crash at start/,
  },
  {
    what: 'never listens',
    isLong: true,
    file: 'www/src/main.ts',
    from: 'await runService(',
    to: 'await new Promise((resolve) => setTimeout(resolve, 1e6))\nawait runService(',
    says: /www@1/,
  },
  {
    what: 'listens later than it may',
    isLong: true,
    file: 'www/src/main.ts',
    from: 'await runService(',
    to: 'await new Promise((resolve) => setTimeout(resolve, 40_000))\nawait runService(',
    says: /www@1/,
  },
  {
    what: 'listens on the wrong port',
    isLong: true,
    file: 'www/src/main.ts',
    from: 'await runService(',
    to: "process.env.PORT = '9999'\nawait runService(",
    says: /www@1/,
  },
  {
    what: 'takes more memory than it may',
    isLong: true,
    file: 'www/src/main.ts',
    from: 'await runService(',
    to: 'const much = Array.from({ length: 64 }, () => Buffer.alloc(2 ** 24, 1))\nif (much.length > 64) await runService(',
    says: /www@1/,
  },
  {
    what: 'is healthy and shows no page',
    file: 'www/src/http/app.ts',
    from: '  addReading(app, site)\n',
    to: "  app.get('/', () => { throw new Error('no page') })\n  addReading(app, site)\n",
    says: /500/,
  },
  {
    app: 'repo',
    what: 'cannot migrate',
    file: 'repo/src/migrate.ts',
    from: '/**',
    to: "if (Date.now() > 0) throw new Error('no migration')\n/**",
    says: /no migration/,
  },
]

/** Releases that must not take over. */
export function badReleases(world: () => World, form: 'short' | 'long'): void {
  describe.each(broken.filter(({ isLong = false }) => form === 'long' || !isLong))(
    'a release that $what',
    ({ app = 'www', what, says, ...change }) => {
      test('does not take over, and no request fails', { timeout: 600_000 }, async () => {
        const before = await presentOf(world(), app)
        await withSource(world(), change, async () => {
          expect((await world().copse('build', 'dev', app)).code).toBe(0)
          const deploy = () => world().copse('deploy', 'dev', app)
          const { done: deployed, results } = await whileAsked(world().address('lb'), deploy)
          expect(deployed.code, deployed.stdout + deployed.stderr).toBe(1)
          expect(deployed.stdout + deployed.stderr).toMatch(says)
          console.info(`a release that ${what}: ${deployed.ms} ms, ${told(results)}`)
          expect(failuresOf(results)).toEqual([])
        })
        expect(await presentOf(world(), app)).toEqual(before)
      })
    },
  )
}

/** Back to a former release with nothing but the apps' hosts. */
export function rollbacks(world: () => World): void {
  test('a rollback needs neither CI nor the store', { timeout: 600_000 }, async () => {
    expect((await world().copse('deploy', 'dev', 'www')).code).toBe(0)
    const before = await presentOf(world(), 'www')
    const change = { file: 'www/src/main.ts', from: '/** The process of', to: '/** Another process of' }
    await withSource(world(), change, async () => {
      expect((await world().copse('deploy', 'dev', 'www')).code).toBe(0)
    })
    const newer = await presentOf(world(), 'www')
    expect(newer.release).toBeGreaterThan(before.release)
    const stop = await world().copse(
      'exec',
      'dev',
      '-l',
      'ci',
      '--',
      'systemctl stop nginx ci-master ci-worker',
    )
    expect(stop.code).toBe(0)
    const back = await world().copse('rollback', 'dev', 'www')
    expect(back.code, back.stdout + back.stderr).toBe(0)
    console.info(`rollback: ${back.ms} ms`)
    expect(await presentOf(world(), 'www')).toMatchObject({
      release: before.release,
      hosts: ['web1', 'web2'],
    })
    const up = await world().copse('up', 'dev')
    expect(up.code, up.stdout + up.stderr).toBe(0)
    expect((await presentOf(world(), 'www')).release).toBe(before.release)
  })
}
