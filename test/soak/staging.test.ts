/** The second home of the office: the example as it stands, on seven plain servers, two of them Debian 12. */
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { trustAuthoritiesOfThisBox } from '../fixture/box-authorities.ts'
import { load } from '../system/load.ts'
import { octets } from '../system/office/on-box.ts'
import { well } from './people/cast.ts'
import { type Home, makeHome } from './staging/home.ts'

/** Where Debian 12 runs; 13 is everywhere else. */
const older: readonly string[] = ['web2', 'db']

let home: Home

beforeAll(async () => {
  const example = await readFile(new URL('../../examples/office/copse.config.ts', import.meta.url), 'utf8')
  const releases = older.map((host) => `${host}: { debian: 12 }`).join(', ')
  const wanted = Object.entries(octets).map(([host, octet]) => {
    const release = older.includes(host) ? (12 as const) : (13 as const)
    return { host, octet, release }
  })
  home = await makeHome(wanted, ({ net, operator }) =>
    example
      .replaceAll('10.62.0.', `${net}.`)
      .replace("knownHosts: './known_hosts'", `$&, servers: { ${releases} }`)
      .replace('  flows: [', `  people: [\n${operator}  ],\n\n  flows: [`),
  )
  // What builds fetch comes through the proxy of this box.
  await trustAuthoritiesOfThisBox(home.server('ci'))
}, 2_400_000)

afterAll(() => home?.[Symbol.asyncDispose](), 180_000)

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
