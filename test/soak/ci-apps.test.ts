/** A push builds, tests and deploys; what is red, or of another branch, does not. On both releases of Debian that guests may have. */
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { claimSubnet } from '../fixture/subnets.ts'
import { makeWorld, type World } from '../system/office/world.ts'
import { check, program } from './open/program.ts'

const copse = new URL('../../copse', import.meta.url).pathname

describe.each([13, 12])('CI for apps on Debian %i', (debian) => {
  let world: World
  let directory: string
  let folder: string

  beforeAll(async () => {
    const subnet = await claimSubnet()
    directory = await mkdtemp(join(tmpdir(), 'ca-'))
    // Unprivileged machines reach their own root directory through this one.
    await chmod(directory, 0o711)
    const key = join(directory, 'ana')
    await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'ana', '-f', key])
    const publicKey = (await readFile(`${key}.pub`, 'utf8')).trim()
    world = await makeWorld({
      text: `import { app, balancer, ci, defineEcosystem, incus } from 'copse'

export default defineEcosystem({
  name: 'shop',
  environments: {
    dev: { machines: incus({ box: 'local' }), subnet: '${subnet.net}.0/24', domain: 'shop.internal', prefix: 'dev' },
  },
  apps: {
    shop: app({
      source: 'apps/shop',
      build: ['perl -wc server.pl'],
      test: 'sh check.sh',
      processes: { web: 'perl server.pl' },
    }),
  },
  people: [{ name: 'ana', environments: ['dev'], keys: ['${publicKey}'] }],
  hosts: {
    ci: { at: 23, debian: ${debian}, names: ['git', 'ci'], roles: [ci()] },
    web: { at: 24, debian: ${debian}, names: ['shop'], roles: [balancer()], apps: ['shop'] },
  },
})
`,
      env: { LXD_DIR: join(directory, 'lxd') },
      addresses: { ci: `${subnet.net}.23`, web: `${subnet.net}.24` },
      async end(ending) {
        const purged = await ending.copse('destroy', 'dev', '--purge', '--yes')
        await subnet.release()
        await rm(directory, { recursive: true, force: true })
        if (purged.code !== 0) throw new Error(purged.stderr)
      },
    })
    folder = dirname(world.config)
    await mkdir(join(folder, 'apps/shop'), { recursive: true })
    await writeFile(join(folder, 'apps/shop/server.pl'), program)
    await writeFile(join(folder, 'apps/shop/check.sh'), check)
    await git('init', '--quiet', '--initial-branch=main')
    await commit('it opens')
  })

  afterAll(() => world?.[Symbol.asyncDispose](), 180_000)

  const git = (...words: readonly string[]) => {
    const ssh = `ssh -i ${directory}/ana -o IdentitiesOnly=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null`
    const identity = ['-c', 'user.name=Ana', '-c', 'user.email=ana@office.example']
    return execa('git', [...identity, ...words], { cwd: folder, env: { GIT_SSH_COMMAND: ssh }, all: true })
  }
  const commit = async (message: string) => {
    await git('add', '--all', '.')
    await git('commit', '--quiet', '-m', message)
  }
  const change = async (from: string, to: string) => {
    const path = join(folder, 'apps/shop/server.pl')
    const before = await readFile(path, 'utf8')
    if (!before.includes(from)) throw new Error(`the program does not contain ${from}`)
    await writeFile(path, before.replace(from, to))
    await commit(to)
  }
  const pushed = (branch: string) => git('push', `git@${world.address('ci')}:shop.git`, branch)
  const served = async () =>
    (await execa('curl', ['-s', '-H', 'Host: shop.shop.internal', `http://${world.address('web')}/`])).stdout
  const host = async (command: string) =>
    (await world.copse('exec', 'dev', '-l', 'ci', '--', command)).stdout.trim()
  interface Build {
    readonly result: string
    readonly branch: string
    readonly tests?: unknown
  }
  const newest = async (): Promise<Build | undefined> => {
    const { stdout } = await world.copse('ci', 'status', 'dev', 'rebuild', '-n', '1', '--json')
    const { builds }: { builds: readonly Build[] } = JSON.parse(stdout)
    return builds[0]
  }
  /** The build that this starts. */
  const built = async (start: () => Promise<unknown>): Promise<Build> => {
    const before = JSON.stringify(await newest())
    await start()
    for (;;) {
      const build = await newest()
      if (build && build.result !== 'running' && JSON.stringify(build) !== before) return build
    }
  }

  /** The newest build after the job was started at each minute by itself. */
  const afterAMinute = async (): Promise<Build | undefined> => {
    const nightly = "ci({ nightly: '* * * * *' })"
    await world.edit('ci()', nightly)
    expect((await world.copse('up', 'dev')).code).toBe(0)
    await sleep(65_000)
    await world.edit(nightly, 'ci()')
    expect((await world.copse('up', 'dev')).code).toBe(0)
    for (;;) {
      const build = await newest()
      if (build?.result !== 'running') return build
    }
  }

  const machines = async () =>
    (await execa('lxc', ['list', '--format', 'csv', '-c', 'n'], { env: world.env })).stdout
  const run = (...flags: readonly string[]) => world.copse('ci', 'run', 'dev', 'rebuild', ...flags)

  test('the job is run here before there is any host, and makes no secret', {
    timeout: 900_000,
  }, async () => {
    const { code, stdout, stderr } = await run('--json')
    expect(code, stdout + stderr).toBe(0)
    const { builds } = JSON.parse(stdout)
    expect(builds).toMatchObject([
      { job: 'rebuild', branch: 'main', result: 'success', tests: { passed: 1, skipped: 1 } },
    ])
    expect(await machines()).not.toMatch(/ci-run|dev/)
    expect((await execa('find', [dirname(folder), '-name', 'secrets*'])).stdout).toBe('')
  })

  test('the machine of a run that was killed goes with the next one', { timeout: 300_000 }, async () => {
    const line = ['-C', folder, 'ci', 'run', 'dev', 'rebuild']
    const killed = execa(copse, line, { env: world.env, reject: false })
    while (!(await machines()).includes('ci-run')) await sleep(200)
    killed.kill('SIGKILL')
    await killed
    expect(await machines()).toContain('ci-run')
    expect((await run()).code).toBe(0)
    expect(await machines()).not.toContain('ci-run')
  })

  test('an interrupted run takes its machine with it', { timeout: 300_000 }, async () => {
    const line = ['-C', folder, 'ci', 'run', 'dev', 'rebuild']
    const stopped = execa(copse, line, { env: world.env, reject: false })
    while (!(await machines()).includes('ci-run')) await sleep(200)
    stopped.kill('SIGINT')
    expect((await stopped).exitCode).toBe(130)
    expect(await machines()).not.toContain('ci-run')
  })

  test('one command makes it real and proves it', { timeout: 1_200_000 }, async () => {
    const up = await world.copse('up', 'dev')
    expect(up.code, up.stdout + up.stderr).toBe(0)
    expect(await served()).toBe('the first')
  })

  test('nothing is built by itself before anything was pushed', { timeout: 300_000 }, async () => {
    expect(await afterAMinute()).toBeUndefined()
  })

  test('a push to the branch that deploys is built, tested, deployed and asked', {
    timeout: 300_000,
  }, async () => {
    await change('the first', 'the second')
    const build = await built(async () => {
      expect((await pushed('main')).all).toMatch(/remote: CI builds \w{12} of main, and deploys it/)
    })
    expect(build).toMatchObject({
      ...{ result: 'success', branch: 'main' },
      tests: { passed: 1, failed: 0, skipped: 1 },
    })
    expect(await served()).toBe('the second')
  })

  test('the same job here tells the same, of what is not even committed', {
    timeout: 300_000,
  }, async () => {
    const path = join(folder, 'apps/shop/server.pl')
    const before = await readFile(path, 'utf8')
    await writeFile(path, before.replace('the second', 'broken'))
    const { code, stdout } = await run('--json').finally(() => writeFile(path, before))
    const names = [{ app: 'shop', name: 'sums', message: 'it <b>broke</b>' }]
    expect(code).toBe(1)
    expect(JSON.parse(stdout).builds).toMatchObject([
      { result: 'failure', commit: expect.stringMatching(/^\w+\+$/), tests: { failed: 1, names } },
    ])
    expect(await served()).toBe('the second')
  })

  test('machines that would be missed are not made anew', { timeout: 60_000 }, async () => {
    const { code, stderr } = await run('--machines')
    expect([code, stderr]).toEqual([5, expect.stringContaining('shop runs there alone')])
  })

  test('a red test stops the deploy, and is named with its message', { timeout: 300_000 }, async () => {
    await change('the second', 'broken')
    const names = [{ app: 'shop', name: 'sums', message: 'it <b>broke</b>' }]
    expect(await built(() => pushed('main'))).toMatchObject({
      result: 'failure',
      tests: { failed: 1, names },
    })
    expect(await served()).toBe('the second')
    const page: unknown = await (await fetch(`http://${world.address('ci')}/builds.json`)).json()
    expect(page).toMatchObject([{ result: 'failure', tests: { names } }, { result: 'success' }])
  })

  test('another branch is built and tested, and not deployed', { timeout: 300_000 }, async () => {
    await git('checkout', '--quiet', '-b', 'topic')
    await change('broken', 'the third')
    const build = await built(() => world.copse('ci', 'push', 'dev'))
    expect(build).toMatchObject({ result: 'success', branch: 'topic', tests: { passed: 1 } })
    expect(await served()).toBe('the second')
    const commit = (await git('rev-parse', 'HEAD')).stdout
    expect(
      await host(`setpriv --reuid=ci-worker --regid=ci-worker --init-groups ci-do deploy shop ${commit}`),
    ).toContain('only main is deployed')
  })

  test('it starts by itself, of what was pushed last', { timeout: 300_000 }, async () => {
    expect(await afterAMinute()).toMatchObject({ branch: 'main', result: 'failure' })
  })

  test('it is started by hand, and followed', { timeout: 300_000 }, async () => {
    await git('checkout', '--quiet', 'main')
    const { code, stdout } = await world.copse('ci', 'start', 'dev', 'rebuild')
    expect(code).toBe(1)
    expect(stdout).toContain('copse-failed test 1 sh check.sh\nshop is not built\n$ publish\n')
    const { stdout: kept } = await world.copse('ci', 'logs', 'dev', 'rebuild')
    expect(stdout).toContain(kept)
  })

  test('the keys of people open git, and nothing else', async () => {
    const ssh = ['-i', `${directory}/ana`, '-o', 'IdentitiesOnly=yes', '-o', 'StrictHostKeyChecking=no']
    const to = ['-o', 'UserKnownHostsFile=/dev/null', `git@${world.address('ci')}`]
    const { all, exitCode } = await execa('ssh', [...ssh, ...to, 'id'], { all: true, reject: false })
    expect([exitCode, all]).toEqual([128, expect.stringContaining("unrecognized command 'id'")])
    const as = (account: string, words: string) =>
      host(`setpriv --reuid=${account} --regid=${account} --init-groups ci-do ${words}`)
    expect(await as('git', `deploy shop ${'a'.repeat(40)}`)).toBe('deploy is not for git')
    expect(await host('runuser -u nobody -- ci-do verify shop 2>&1; :')).toContain('Permission denied')
  })

  test('what no build has read for a month leaves their cache', async () => {
    const left = await host(
      'cd /var/cache/ci-build && touch new && touch -d "40 days ago" old && systemd-tmpfiles --clean && ls',
    )
    expect(left).toMatch(/\bnew\b/)
    expect(left).not.toMatch(/\bold\b/)
  })

  test('the repository outlives its machine, and belongs to the account still', {
    timeout: 600_000,
  }, async () => {
    const rebuilt = await world.copse('rebuild', 'dev', 'ci')
    expect(rebuilt.code, rebuilt.stdout + rebuilt.stderr).toBe(0)
    expect(await host('find /srv/git/shop.git ! -user git | wc -l')).toContain('0')
    await change('broken', 'the fourth')
    expect(await built(() => pushed('main'))).toMatchObject({ result: 'success' })
    expect(await served()).toBe('the fourth')
  })
})
