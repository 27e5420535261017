/** In the open: what is green on one environment's CI host runs in another one, which shares no secret with it. */
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Home, makeShop, type Shop } from './open/shop.ts'
import { well } from './people/cast.ts'

let shop: Shop

beforeAll(async () => {
  shop = await makeShop()
}, 1_200_000)

afterAll(() => shop?.[Symbol.asyncDispose](), 120_000)

interface Build {
  readonly job: string
  readonly number: number
  readonly result: string
  readonly branch: string
  readonly commit: string
  readonly tests?: unknown
}

async function buildsOf(home: Home): Promise<readonly Build[]> {
  const { stdout } = await well(shop.world.copse('ci', 'status', home, '-n', '50', '--json'))
  const { builds }: { builds: readonly Build[] } = JSON.parse(stdout)
  return builds.filter(({ job }) => job !== 'hello')
}

/** The build of dev that a push makes, with what its steps printed. */
async function pushed(branch: string): Promise<Build & { readonly said: string; readonly hook: string }> {
  const before = (await buildsOf('dev')).length
  const hook = await shop.push(branch)
  for (;;) {
    const builds = await buildsOf('dev')
    const [build] = builds
    if (!build || builds.length === before || build.result === 'running') continue
    const { stdout: said } = await well(
      shop.world.copse('ci', 'logs', 'dev', 'rebuild', String(build.number)),
    )
    return { ...build, said, hook }
  }
}

async function served(home: Home): Promise<string> {
  const host = `Host: shop.${home}.shop.internal`
  return (await execa('curl', ['-s', '-H', host, `http://${shop.address(home, 'web')}/`])).stdout
}

async function artifactOf(home: Home): Promise<string> {
  const { stdout } = await well(shop.world.copse('releases', home, 'shop', '--json'))
  const { releases } = JSON.parse(stdout)
  return releases.find(({ state }: { readonly state: string }) => state === 'present').artifact
}

/** On dev's CI host, by the key that builds are handed over with. */
async function byKey(...words: readonly string[]) {
  const options = `-T -i /etc/copse/ci/promotion-key -F /dev/null -o BatchMode=yes -o StrictHostKeyChecking=yes -o UserKnownHostsFile=/etc/copse/ci/promotion-hosts -o HostKeyAlias=promotion-1 -o ConnectTimeout=10`
  return onCi('dev', `ssh ${options} ${words.join(' ')} </dev/null 2>&1; echo "ended with $?"`)
}

async function onCi(home: Home, script: string): Promise<string> {
  const { stdout } = await well(shop.world.copse('ssh', home, 'ci', '--', script))
  return stdout.trim()
}

let accepts = ''

test('each side tells its public key before it has any host, always the same', async () => {
  const keyOf = async (home: Home) => (await well(shop.world.copse('ci', 'key', home))).stdout.trim()
  const [dev, open] = [await keyOf('dev'), await keyOf('public')]
  expect([dev, open]).toEqual([
    expect.stringMatching(/^ssh-ed25519 \S+ shop-dev$/),
    expect.stringMatching(/^ssh-ed25519 \S+ shop-public$/),
  ])
  expect(await keyOf('dev')).toBe(dev)
  accepts = `accepts: ['${dev}'],`
  await shop.world.edit(
    '// dev says:',
    `promotes: { open: { to: '${shop.address('public', 'ci')}', hostKey: '${open}' } },`,
  )
})

test('two environments become real, the second without a grant', { timeout: 1_800_000 }, async () => {
  await Promise.all((['dev', 'public'] as const).map((home) => well(shop.world.copse('up', home))))
  expect([await served('dev'), await served('public')]).toEqual(['the first', 'the first'])
})

test('without the grant nothing is taken in, and the build is red', { timeout: 300_000 }, async () => {
  await shop.change('the first', 'the second')
  const build = await pushed('open')
  expect(build.hook).toMatch(/remote: CI builds \w{12} of open, and promotes it/)
  expect(build).toMatchObject({ result: 'failure', branch: 'open', tests: { passed: 1, failed: 0 } })
  expect(build.said).toMatch(/\$ promote\n(.*\n)*.*:8422 does not let the key of this environment in, /)
  expect(await served('public')).toBe('the first')
})

test('the grant opens one door', { timeout: 900_000 }, async () => {
  await shop.world.edit('// public says:', accepts)
  await well(shop.world.copse('up', 'public'))
  for (const home of ['dev', 'public'] as const) {
    const planned = await well(shop.world.copse('plan', home, '--detailed-exitcode'))
    expect(planned.stdout + planned.stderr).toContain('No changes.')
  }
})

test('a green build of the branch runs in both, the same, and the page of the other tells of it and its tests', {
  timeout: 600_000,
}, async () => {
  const here = await pushed('main')
  expect(here, here.said).toMatchObject({ result: 'success', branch: 'main' })
  expect([await served('dev'), await served('public')]).toEqual(['the second', 'the first'])
  await shop.change('the second', 'the third')
  expect((await pushed('main')).result).toBe('success')
  const build = await pushed('open')
  expect(build, build.said).toMatchObject({ result: 'success', branch: 'open' })
  expect(build.said).toContain('build 1 of the job promotion is green')
  expect([await served('dev'), await served('public')]).toEqual(['the third', 'the third'])
  expect(await artifactOf('public')).toBe(await artifactOf('dev'))
  const told = { job: 'promotion', branch: 'open', commit: build.commit, result: 'success' }
  const page = `http://${shop.address('public', 'ci')}/`
  expect(await (await fetch(page)).text()).toContain('builds')
  const list: unknown = await (await fetch(`${page}builds.json`)).json()
  expect(list).toMatchObject([{ ...told, tests: { passed: 1, failed: 0, skipped: 1 } }])
  expect(await buildsOf('public')).toMatchObject([told])
})

test('a red test is promoted nowhere', { timeout: 300_000 }, async () => {
  const before = await artifactOf('public')
  await shop.change('the third', 'broken')
  const build = await pushed('open')
  expect(build).toMatchObject({ result: 'failure', tests: { failed: 1 } })
  expect(build.said).not.toContain('$ promote')
  expect([await artifactOf('public'), await served('public')]).toEqual([before, 'the third'])
  expect(await buildsOf('public')).toHaveLength(1)
})

test('the key opens nothing but that', { timeout: 300_000 }, async () => {
  const door = `-p 8422 copse-promotions@${shop.address('public', 'ci')}`
  const digest = 'a'.repeat(64)
  const refused = 'refused: this key may not have that done here\nended with 64'
  expect(await byKey(door)).toBe(refused)
  expect(await byKey('-tt', door)).toContain('PTY allocation request failed')
  for (const said of [
    ...['id', 'sh', 'cat /etc/shadow', 'list ../shop', 'missing; id', 'layer /etc/shadow 9'],
    ...[`list /etc/${digest} ${digest}`, `report shop ../../etc`, `remove shop ${digest}`],
  ])
    expect(await byKey(door, `'${said}'`), said).toBe(refused)
  const commit = 'c'.repeat(40)
  for (const said of [`list other ${digest}`, `start open ${commit} other=${digest}`])
    expect(await byKey(door, `'${said}'`)).toBe('refused: no app other runs here\nended with 64')
  expect(await byKey(door, `'start open ${commit} shop=${digest}'`)).toContain('is not here\nended with 1')
  expect(await byKey('-s', door, 'sftp')).toContain('subsystem request failed')
  const away = await byKey('-W', '127.0.0.1:22', door)
  expect(away).not.toContain('SSH-2.0')
  for (const account of ['root', 'git', 'copse-deploy'])
    expect(await byKey('-p 8422', `${account}@${shop.address('public', 'ci')}`, 'id')).toContain(
      'Permission denied',
    )
  // The host's own SSH server finds no key for that account.
  expect(await onCi('public', 'ls -A ~copse-promotions')).toBe('')
  expect(await onCi('public', 'journalctl -t copse-promotions -o cat')).toContain('refused: cat /etc/shadow')
})

test('another key, or another host in its place, is refused', { timeout: 300_000 }, async () => {
  const usual =
    '-F /dev/null -o BatchMode=yes -o IdentitiesOnly=yes -o UserKnownHostsFile=/etc/copse/ci/promotion-hosts -o ConnectTimeout=10'
  const said = await onCi(
    'dev',
    `rm -f /run/k /run/k.pub; ssh-keygen -q -t ed25519 -N '' -f /run/k; ssh -i /run/k ${usual} -o HostKeyAlias=promotion-1 -p 8422 copse-promotions@${shop.address('public', 'ci')} missing 2>&1; rm /run/k /run/k.pub`,
  )
  expect(said).toContain('Permission denied')
  const other = await byKey('-p 8422', `copse-promotions@${shop.address('public', 'web')}`, 'missing')
  expect(other).toMatch(/ended with 255$/)
})

test('no secret of one is on the other', async () => {
  const value = async (home: Home) =>
    (await well(shop.world.copse('secrets', home, 'get', 'ci-promotion'))).stdout.trim()
  expect(await value('dev')).not.toBe(await value('public'))
  const digests = await Promise.all(
    (['dev', 'public'] as const).map((home) => onCi(home, 'sha256sum </etc/copse/ci/promotion-key')),
  )
  expect(digests[0]).not.toBe(digests[1])
})

test('what is no longer granted is closed', { timeout: 600_000 }, async () => {
  await shop.world.edit(accepts, '// public says:')
  await well(shop.world.copse('up', 'public'))
  await shop.change('broken', 'the fourth')
  const build = await pushed('open')
  expect(build).toMatchObject({ result: 'failure', tests: { passed: 1, failed: 0 } })
  expect(await served('public')).toBe('the third')
  expect(await onCi('public', 'id copse-promotions 2>&1; ls /etc/sudoers.d; :')).not.toMatch(
    /uid=|^copse-promotions$/m,
  )
})
