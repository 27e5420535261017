/** The second home of the office: the example as it stands, on seven plain servers, two of them Debian 12. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { load } from '../system/load.ts'
import { well } from './people/cast.ts'
import { type Home, makeHome, personLine } from './staging/home.ts'
import { impersonate } from './staging/impostor.ts'
import { makeSecondOperator, type SecondOperator } from './staging/second-operator.ts'

let home: Home

beforeAll(async () => {
  home = await makeHome()
}, 900_000)

afterAll(() => home?.[Symbol.asyncDispose](), 180_000)

const copse = (...words: string[]) => home.world.copse(...words)

describe('the office on plain servers', () => {
  test('one command makes it real and proves it', { timeout: 1_800_000 }, async () => {
    const up = await copse('up', 'staging')
    console.info(`first up of seven plain servers: ${up.ms} ms`)
    expect(up.code, up.stdout + up.stderr).toBe(0)
    expect(up.stderr).toContain('http://www.staging.office.example')
  })

  test('every probe that dev has is green', { timeout: 180_000 }, async () => {
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

  test('www answers through the balancer, from both web servers', { timeout: 60_000 }, async () => {
    const url = `http://${home.world.address('lb')}/`
    const result = await load({ url, host: 'www.staging.office.example', perSecond: 50, seconds: 5 })
    console.info(`load: ${result.failed} failed of ${result.sent}`)
    expect(result).toMatchObject({ sent: 250, failed: 0 })
  })
})

describe('a server that shows another host key', () => {
  test('is refused with 5, and whoever answers there is sent nothing', { timeout: 240_000 }, async () => {
    const listed = await well(copse('secrets', 'staging', '--json'))
    const { secrets } = JSON.parse(listed.stdout)
    const file: string = secrets
      .flatMap(({ uses }: { uses: readonly { host: string; resource: string }[] }) => uses)
      .find(
        (use: { host: string; resource: string }) => use.host === 'web1' && use.resource.startsWith('file '),
      )
      .resource.slice('file '.length)
    // What it holds would be sent by the next up.
    await home.server('web1').exec(`rm ${file}`)
    const impostor = await impersonate(home.server('web1'))
    const up = await copse('up', 'staging')
    const seen = await impostor.seen()
    await impostor.leave()
    expect(up.code, up.stderr).toBe(5)
    expect(up.stderr).toContain('shows another host key than the one that is trusted')
    expect(seen).toBe('')
    expect((await home.server('web1').exec(`test -e ${file}`)).code).toBe(1)
    await well(copse('up', 'staging'))
    expect((await home.server('web1').exec(`test -s ${file}`)).code).toBe(0)
  })
})

describe('a second operator, from a fresh clone', () => {
  let second: SecondOperator
  let line: string

  beforeAll(async () => {
    second = await makeSecondOperator(home)
    line = personLine('ben', second.key, second.recipient)
  }, 900_000)

  const people = '  people: [\n'
  const marker = 'rm /etc/copse/environment.json'
  const isThere = async () =>
    (await home.server('dns').exec('test -s /etc/copse/environment.json')).code === 0

  /** Nothing that they type gets them in, and a host that needs mending stays as it is. */
  async function isShutOut(): Promise<void> {
    await home.server('dns').exec(marker)
    for (const words of ['plan staging', 'up staging', 'ssh staging dns -- true', 'secrets staging']) {
      const { code, all } = await second.copse(words)
      expect([1, 3, 255], `${words}: ${code} ${all}`).toContain(code)
    }
    expect(await isThere()).toBe(false)
    await well(copse('up', 'staging'))
  }

  test('can do nothing before the first one lets them in', { timeout: 300_000 }, async () => {
    await second.pull()
    await isShutOut()
  })

  test('plans, brings up and enters what the first one made', { timeout: 600_000 }, async () => {
    await home.world.edit(people, `${people}${line}`)
    await well(copse('up', 'staging'))
    await second.pull()
    expect(await second.copse('plan staging --detailed-exitcode')).toMatchObject({ code: 0 })
    await home.server('dns').exec(marker)
    const up = await second.copse('up staging')
    expect(up.code, up.all).toBe(0)
    expect(await isThere()).toBe(true)
    const { code, all } = await second.copse('ssh staging web2 -- id -un')
    expect({ code, all: all.trim() }).toEqual({ code: 0, all: 'ops' })
    // The first one goes on from there.
    expect(await copse('plan', 'staging', '--detailed-exitcode')).toMatchObject({ code: 0 })
  })

  test('can do none of it once they were taken out', { timeout: 600_000 }, async () => {
    await home.world.edit(line, '')
    await well(copse('up', 'staging'))
    // With what they have, and with what the repository holds now.
    await isShutOut()
    await second.pull()
    await isShutOut()
  })
})
