/** Servers that two operators share: the second one with a machine, a clone, a key and an identity of their own. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { well } from './people/cast.ts'
import { type Home, makeHome, personLine } from './staging/home.ts'
import { impersonate } from './staging/impostor.ts'
import { makeSecondOperator, type SecondOperator } from './staging/second-operator.ts'

let home: Home

beforeAll(async () => {
  const wanted = [
    { host: 'one', octet: 20, release: 13 },
    { host: 'two', octet: 21, release: 13 },
  ] as const
  home = await makeHome(wanted, configText)
  await well(copse('up', 'staging'))
}, 1_200_000)

afterAll(() => home?.[Symbol.asyncDispose](), 180_000)

const copse = (...words: string[]) => home.world.copse(...words)
const one = async (script: string) => (await home.server('one').exec(script)).code

test('a server that shows another host key is refused with 5, and whoever answers there is sent nothing', {
  timeout: 600_000,
}, async () => {
  // What the next up would send is secret.
  await one('rm /etc/token')
  const impostor = await impersonate(home.server('one'))
  const up = await copse('up', 'staging')
  const seen = await impostor.seen()
  await impostor.leave()
  expect(up.code, up.stderr).toBe(5)
  expect(up.stderr).toContain('shows another host key than the one that is trusted')
  expect(seen).toBe('')
  expect(await one('test -e /etc/token')).toBe(1)
  await well(copse('up', 'staging'))
  expect(await one('test -s /etc/token')).toBe(0)
})

describe('a second operator, from a fresh clone', () => {
  let second: SecondOperator
  let line: string

  beforeAll(async () => {
    second = await makeSecondOperator(home)
    line = personLine('ben', second.key, second.recipient)
  }, 1_200_000)

  const refuses = async (words: string) => {
    const { code, all } = await second.copse(words)
    expect([1, 3, 255], `${words}: ${code} ${all}`).toContain(code)
    return all
  }

  /** Nothing that they type gets them in, and a host that needs mending stays as it is. */
  async function isShutOut(): Promise<void> {
    await one('rm -f /etc/token')
    for (const words of ['plan staging', 'up staging', 'ssh staging one -- true']) await refuses(words)
    expect(await one('test -e /etc/token')).toBe(1)
    await well(copse('up', 'staging'))
  }

  test('can do nothing before the first one lets them in', { timeout: 600_000 }, async () => {
    await second.pull()
    await isShutOut()
    expect(await refuses('secrets staging')).toContain('is not encrypted for you')
  })

  test('plans, brings up and enters what the first one made', { timeout: 600_000 }, async () => {
    await home.world.edit('  people: [\n', `  people: [\n${line}`)
    await well(copse('up', 'staging'))
    await second.pull()
    expect(await second.copse('plan staging --detailed-exitcode')).toMatchObject({ code: 0 })
    await one('rm /etc/token')
    const up = await second.copse('up staging')
    expect(up.code, up.all).toBe(0)
    expect(await one('test -s /etc/token')).toBe(0)
    const entered = await second.copse('ssh staging two -- id -un')
    expect(entered).toMatchObject({ code: 0, all: expect.stringMatching(/^ops$/m) })
    // The first one goes on from there.
    await well(copse('plan', 'staging', '--detailed-exitcode'))
  })

  test('can do none of it once they were taken out, neither with what they have nor with what is there now', {
    timeout: 900_000,
  }, async () => {
    await home.world.edit(line, '')
    await well(copse('up', 'staging'))
    await isShutOut()
    await second.pull()
    await isShutOut()
    // What their old clone holds they could read before: only new values help against that.
    expect(await refuses('secrets staging')).toContain('is not encrypted for you')
  })
})

function configText({ net, operator }: { readonly net: string; readonly operator: string }): string {
  return `import { defineEcosystem, existing, file, secret } from 'copse'

const token = file('/etc/token', { content: secret('token', { generate: 40 }), mode: 0o600 })

export default defineEcosystem({
  name: 'crew',
  environments: {
    staging: {
      machines: existing({ user: 'ops', knownHosts: './known_hosts' }),
      subnet: '${net}.0/24',
      domain: 'crew.example',
      prefix: 'stg',
      resolvers: ['${net}.1'],
      secrets: 'repo',
    },
  },
  hosts: {
    one: { at: 20, roles: [], resources: [token] },
    two: { at: 21, roles: [], resources: [token] },
  },
  people: [
${operator}  ],
})
`
}
