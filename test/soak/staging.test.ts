/**
 * The second home of the office: the example as it stands, on seven plain servers, two of them Debian 12; then its first home
 * beside it, and how alike the two are.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { trustAuthoritiesOfThisBox } from '../fixture/box-authorities.ts'
import { type ClaimedSubnet, claimSubnet } from '../fixture/subnets.ts'
import { runDirectory } from '../fixture/test-run.ts'
import { failuresOf, told, whileAsked } from '../system/app-load.ts'
import { load } from '../system/load.ts'
import { octets } from '../system/office/on-box.ts'
import { well } from './people/cast.ts'
import { handMade } from './staging/hand-made.ts'
import { type Home, makeHome } from './staging/home.ts'

/** Where Debian 12 runs; 13 is everywhere else. */
const older: readonly string[] = ['web2', 'db']

/** Fourteen machines take more than a box has when nobody asked for more. */
const inotify = '/proc/sys/fs/inotify/max_user_instances'

let home: Home
let subnet: ClaimedSubnet
let usual: string

beforeAll(async () => {
  usual = await readFile(inotify, 'utf8')
  await writeFile(inotify, '512')
  subnet = await claimSubnet()
  const engine = join(runDirectory(), 'first-home')
  // Unprivileged machines reach their own root directory through this one.
  await mkdir(engine, { mode: 0o711 })
  const example = await readFile(new URL('../../examples/office/copse.config.ts', import.meta.url), 'utf8')
  const releases = older.map((host) => `${host}: { debian: 12 }`).join(', ')
  const wanted = Object.entries(octets).map(([host, octet]) => {
    const release = older.includes(host) ? (12 as const) : (13 as const)
    return { host, octet, release }
  })
  const allowed = older.map(
    (host) => `allow('an older server', { fact: 'system', key: 'release', host: '${host}' })`,
  )
  home = await makeHome(
    wanted,
    ({ net, operator }) =>
      example
        .replaceAll('10.61.0.', `${subnet.net}.`)
        .replaceAll('10.62.0.', `${net}.`)
        .replace('import {', 'import {\n  allow,')
        .replace("knownHosts: './known_hosts'", `$&, servers: { ${releases} }`)
        .replace('  flows: [', `  people: [\n${operator}  ],\n  differences: [${allowed}],\n\n  flows: [`),
    { LXD_DIR: join(engine, 'lxd') },
  )
  // What builds fetch comes through the proxy of this box.
  await trustAuthoritiesOfThisBox(home.server('ci'))
}, 2_400_000)

afterAll(async () => {
  const purged = await home?.world.copse('destroy', 'dev', '--purge', '--yes')
  await home?.[Symbol.asyncDispose]()
  await subnet?.release()
  await writeFile(inotify, usual)
  expect(purged?.code, purged?.stderr).toBe(0)
}, 300_000)

const copse = (...words: string[]) => home.world.copse(...words)

describe('the office on plain servers', () => {
  test('one command makes it real and proves it', { timeout: 1_800_000 }, async () => {
    const up = await copse('up', 'staging')
    console.info(`first up of seven plain servers: ${up.ms} ms`)
    expect(up.code, up.stdout + up.stderr).toBe(0)
    expect(up.stdout + up.stderr).toContain('http://www.staging.office.example')
  })

  test('every probe is green when asked again', { timeout: 180_000 }, async () => {
    const verified = await well(copse('verify', 'staging', '--json'))
    const { passed, failed } = JSON.parse(verified.stdout)
    console.info(`verify: ${passed} passed, ${failed} failed, ${verified.ms} ms`)
    expect(failed).toBe(0)
  })

  test('a second up finds nothing to change', { timeout: 120_000 }, async () => {
    const again = await well(copse('up', 'staging'))
    expect(again.stdout + again.stderr).toContain('No changes. staging matches the definition.')
    console.info(`up again: ${again.ms} ms`)
  })

  test.each(['www', 'cdn'])('%s answers through the balancer', { timeout: 60_000 }, async (name) => {
    const url = `http://${home.world.address('lb')}/`
    const host = `${name}.staging.office.example`
    const result = await load({ url, host, perSecond: 50, seconds: 5 })
    console.info(`${name}: ${result.failed} failed of ${result.sent}, ${JSON.stringify(result.servedBy)}`)
    expect(result).toMatchObject({ sent: 250, failed: 0 })
  })
})

describe('both homes', () => {
  test('the first one comes up beside it', { timeout: 900_000 }, async () => {
    const up = await well(copse('up', 'dev'))
    console.info(`up of dev: ${up.ms} ms`)
  })

  test('they differ in nothing that nobody declared', { timeout: 240_000 }, async () => {
    expect(await undeclared(0)).toEqual([])
  })

  test('what somebody changes by hand is told, each once, and nothing else', {
    timeout: 600_000,
  }, async () => {
    await editSource('/** The process of', '/** Another process of')
    await well(copse('deploy', 'staging', 'www'))
    const onWeb1 = (script: string) => well(copse('exec', 'staging', '-l', 'web1', '--', script))
    for (const [script] of handMade) await onWeb1(script)
    const open = await undeclared(2)
    for (const [, , undo] of handMade) await onWeb1(undo)
    const expected = [...handMade.map(([, fact]) => fact), /^release www$/]
    const there = open.flatMap((one) => /^web1 (.*)/.exec(one)?.[1] ?? [])
    for (const fact of expected)
      expect(
        there.filter((one) => fact.test(one)),
        `${fact}`,
      ).toHaveLength(1)
    const others = open.filter((one) => one !== 'web2 release www')
    expect(others, others.join('\n')).toHaveLength(expected.length)
    await well(copse('up', 'staging'))
  })

  test('what is proven in dev goes to staging, and no request fails there', {
    timeout: 600_000,
  }, async () => {
    await editSource('/** Another process of', '/** A better process of')
    await well(copse('deploy', 'dev', 'www'))
    const door = { address: home.world.address('lb'), domain: 'staging.office.example' }
    const promote = () => copse('promote', 'dev', 'staging')
    const { done: promoted, results } = await whileAsked(door, promote)
    expect(promoted.code, promoted.stdout + promoted.stderr).toBe(0)
    console.info(`promoted in ${promoted.ms} ms: ${told(results)}`)
    expect(failuresOf(results)).toEqual([])
    for (const app of ['www', 'repo'])
      expect(await artifactOf('staging', app)).toBe(await artifactOf('dev', app))
    expect(await undeclared(0)).toEqual([])
  })
})

/** What nobody answers for, as `HOST FACT`. */
async function undeclared(code: number): Promise<readonly string[]> {
  const said = await copse('diff', 'dev', 'staging', '--json')
  const document: {
    readonly score: number
    readonly facts: number
    readonly differences: readonly { readonly host: string; readonly fact: string; readonly kind: string }[]
  } = JSON.parse(said.stdout)
  const open = document.differences.filter(({ kind }) => kind === 'undeclared')
  console.info(`${document.facts} facts, ${open.length} undeclared, score ${document.score}: ${said.ms} ms`)
  const lines = open.map(({ host, fact }) => `${host} ${fact}`)
  expect(said.code, `${lines.join('\n')}\n${said.stderr}`).toBe(code)
  return lines
}

async function artifactOf(environment: string, app: string): Promise<string> {
  const { stdout } = await well(copse('releases', environment, app, '--json'))
  const { releases } = JSON.parse(stdout)
  return releases.find(({ state }: { readonly state: string }) => state === 'present').artifact
}

async function editSource(from: string, to: string): Promise<void> {
  const path = join(dirname(home.world.config), 'apps/www/src/main.ts')
  const before = await readFile(path, 'utf8')
  expect(before).toContain(from)
  await writeFile(path, before.replace(from, to))
}
