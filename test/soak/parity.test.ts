/** How alike two environments are: two that copse made of one definition, then one that was changed by hand in twelve ways. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { claimSubnet } from '../fixture/subnets.ts'
import { runDirectory } from '../fixture/test-run.ts'
import { makeWorld, type World } from '../system/office/world.ts'
import { handMade } from './staging/hand-made.ts'

let world: World

beforeAll(async () => {
  const home = join(runDirectory(), 'parity')
  // Unprivileged machines reach their own root directory through this one.
  await mkdir(home, { mode: 0o711 })
  const [dev, twin] = [await claimSubnet(), await claimSubnet()]
  world = await makeWorld({
    text: configText(dev.net, twin.net),
    env: { LXD_DIR: join(home, 'engine') },
    addresses: { log: `${dev.net}.20`, web: `${dev.net}.21` },
    async end(ending) {
      const purged = [
        await ending.copse('destroy', 'twin', '--purge', '--yes'),
        await ending.copse('destroy', 'dev', '--purge', '--yes'),
      ]
      await dev.release()
      await twin.release()
      const failed = purged.find(({ code }) => code !== 0)
      if (failed) throw new Error(failed.stderr)
    },
  })
  for (const environment of ['dev', 'twin']) {
    const up = await world.copse('up', environment)
    expect(up.code, up.stdout + up.stderr).toBe(0)
    console.info(`up ${environment}: ${up.ms} ms`)
  }
}, 1_800_000)

afterAll(() => world?.[Symbol.asyncDispose](), 300_000)

interface Told {
  readonly host: string
  readonly fact: string
  readonly kind: string
}

interface Comparison {
  readonly score: number
  readonly facts: number
  readonly differences: readonly Told[]
}

/** What is undeclared, as `host fact`, and the document. */
async function diff(
  code: number,
): Promise<{ readonly open: readonly string[]; readonly document: Comparison }> {
  const said = await world.copse('diff', 'dev', 'twin', '--json')
  expect(said.code, said.stdout + said.stderr).toBe(code)
  const document: Comparison = JSON.parse(said.stdout)
  const open = document.differences.filter(({ kind }) => kind === 'undeclared')
  console.info(`${document.facts} facts, ${open.length} undeclared, score ${document.score}: ${said.ms} ms`)
  return { open: open.map(({ host, fact }) => `${host} ${fact}`), document }
}

test('two environments of one definition differ in nothing that nobody declared', {
  timeout: 240_000,
}, async () => {
  const { open, document } = await diff(0)
  expect(open).toEqual([])
  expect(document.score).toBe(100)
  expect(document.facts).toBeGreaterThan(500)
})

/** A source of packages on a host itself, with two versions of one that nobody else has; the given one is installed. */
const withMine = (version: string) => `set -e
mkdir -p /srv/mine && cd /srv/mine
for v in 1.0 1.1; do
  mkdir -p made/DEBIAN
  printf 'Package: mine\\nVersion: %s\\nArchitecture: all\\nMaintainer: nobody <nobody@example.org>\\nDescription: mine\\n' $v >made/DEBIAN/control
  dpkg-deb --root-owner-group -b made mine_$v.deb
  dpkg-deb -f mine_$v.deb >>Packages
  printf 'Filename: ./mine_%s.deb\\nSize: %s\\nSHA256: %s\\n\\n' $v $(stat -c %s mine_$v.deb) $(sha256sum mine_$v.deb | cut -c1-64) >>Packages
done
echo 'deb [trusted=yes] file:/srv/mine ./' >/etc/apt/sources.list.d/mine.list
apt-get -q update
apt-get -q -y install mine=${version}`

test('one is given the package versions of the other, nothing is held at them, and what no mirror has is told', {
  timeout: 300_000,
}, async () => {
  const onWeb = async (environment: string, script: string) => {
    const done = await world.copse('exec', environment, '-l', 'web', '--', script)
    expect(done.code, done.stdout + done.stderr).toBe(0)
    return done.stdout
  }
  await onWeb('dev', withMine('1.0'))
  await onWeb('twin', withMine('1.1'))
  expect((await diff(2)).open).toEqual(['web package mine'])
  const up = await world.copse('up', 'twin', '--versions-of', 'dev')
  expect(up.code, up.stdout + up.stderr).toBe(0)
  expect((await diff(0)).open).toEqual([])
  expect(await onWeb('twin', 'apt-mark showhold')).not.toContain('mine')
  await onWeb('twin', 'apt-get -q -y upgrade')
  expect((await diff(2)).open).toEqual(['web package mine'])
  await onWeb('twin', "sed -i '1,/^$/d' /srv/mine/Packages && apt-get -q update")
  const again = await world.copse('up', 'twin', '--versions-of', 'dev')
  expect(again.code, again.stdout + again.stderr).toBe(0)
  expect(again.stderr).toContain('web: mine is 1.1, 1.0 in dev; no mirror of the host has that')
  await onWeb('dev', 'apt-get -q -y upgrade')
  expect((await diff(0)).open).toEqual([])
})

test('what was changed by hand is told, each once, and nothing else', { timeout: 240_000 }, async () => {
  for (const [script] of handMade) {
    const done = await world.copse('exec', 'twin', '-l', 'web', '--', script)
    expect(done.code, script + done.stdout + done.stderr).toBe(0)
  }
  const { open, document } = await diff(2)
  const onWeb = open.map((one) => one.replace(/^web /, ''))
  for (const [script, told] of handMade)
    expect(
      onWeb.filter((one) => told.test(one)),
      `${script}\n${open.join('\n')}`,
    ).toHaveLength(1)
  expect(open, open.join('\n')).toHaveLength(handMade.length)
  expect(document.score).toBeLessThan(100)
})

test('the score is among the figures of both', { timeout: 120_000 }, async () => {
  for (const [environment, other] of [
    ['dev', 'twin'],
    ['twin', 'dev'],
  ] as const) {
    const file = `/var/lib/graphite/whisper/parity/${other}/undeclared.wsp`
    const fetch = `whisper-fetch --from=$(($(date +%s) - 600)) ${file}`
    const arrived = `until ${fetch} 2>/dev/null | grep -q "[[:space:]]${handMade.length}[.]0"; do sleep 1; done`
    const words = ['-l', 'log', '--', `timeout 50 sh -c '${arrived}'`]
    const { code } = await world.copse('exec', environment, ...words)
    expect(code).toBe(0)
  }
})

test('an allowance takes one of them out, and one that nothing needs is named', {
  timeout: 240_000,
}, async () => {
  await world.edit(
    '  differences: [],',
    "  differences: [allow('it is a test', { fact: 'user', key: 'eve', host: 'web' }), allow('idle', { fact: 'unit', key: 'x' })],",
  )
  const { open } = await diff(2)
  expect(open).toHaveLength(handMade.length - 1)
  const shown = await world.copse('diff', 'dev', 'twin', '-v')
  expect(shown.stdout).toMatch(/allowed user eve: it is a test/)
  expect(shown.stdout).toMatch(/nothing needed what .*copse\.config\.ts:\d+:\d+ allows: idle/)
})

function configText(dev: string, twin: string): string {
  return `import { allow, defineEcosystem, incus, logs, metrics, web } from 'copse'

void allow
export default defineEcosystem({
  name: 'pair',
  environments: {
    dev: { machines: incus({ box: 'local' }), subnet: '${dev}.0/24', domain: 'pair.internal', prefix: 'dev' },
    twin: { machines: incus({ box: 'local' }), subnet: '${twin}.0/24', domain: 'twin.internal', prefix: 'tw' },
  },
  hosts: { log: { at: 20, roles: [logs(), metrics()] }, web: { at: 21, roles: [web()] } },
  differences: [],
})
`
}
