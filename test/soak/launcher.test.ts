/** The launcher on a server with neither Node nor npm, as in a fresh clone. */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { workingTree } from '../fixture/nested-box.ts'
import { useRegistryOfThisBox } from '../fixture/npm-registry.ts'
import type { PlainServer } from '../fixture/plain-server.ts'
import { type PlainServers, plainServers } from '../fixture/plain-servers.ts'

const root = new URL('../../', import.meta.url).pathname
const version = JSON.parse(readFileSync(`${root}package.json`, 'utf8')).version

let servers: PlainServers
let bare: PlainServer

beforeAll(async () => {
  servers = await plainServers()
  bare = await servers.server({ name: 'bare', release: 12 })
  const unpacked = await bare.exec('mkdir /srv/clone && tar -C /srv/clone -xf -', {
    input: workingTree(),
  })
  expect(unpacked).toMatchObject({ code: 0 })
  await useRegistryOfThisBox(bare)
})

afterAll(() => servers?.[Symbol.asyncDispose]())

test('the first command brings npm, Node and the packages without a question', {
  timeout: 600_000,
}, async () => {
  expect(await bare.exec('command -v node npm')).not.toMatchObject({ code: 0 })
  const first = await bare.exec('cd /srv/clone && ./copse version')
  expect(first, first.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining(version) })
  expect(first.stderr.split('\n')).toEqual([
    expect.stringMatching(/^copse: installing Debian's.* npm/),
    expect.stringMatching(/^copse: bringing Node/),
    expect.stringMatching(/^copse: bringing the packages/),
  ])
})

test('the second command brings nothing, from any directory and through a link', async () => {
  const second = await bare.exec('ln -s /srv/clone/copse /usr/local/bin/copse && cd / && copse version')
  expect(second).toMatchObject({ code: 0, stdout: expect.stringContaining(version), stderr: '' })
})

test('a first run that was killed is finished by the next, and two at once do not collide', async () => {
  const killed = await bare.exec(
    'cd /srv/clone && rm -rf .node node_modules && timeout -s KILL 3 ./copse version',
  )
  expect(killed.code).toBe(137)
  const script = 'cd /srv/clone && { ./copse version & ./copse version & wait; }'
  const both = await bare.exec(script)
  expect(both.stdout.split('\n')).toEqual([
    expect.stringContaining(version),
    expect.stringContaining(version),
  ])
})

test('packages that were brought for the tests stay when the lock file changes', async () => {
  const script = `cd /srv/clone
mkdir -p node_modules/vitest && printf '\\n' >>package-lock.json
./copse version >/dev/null
test -x node_modules/.bin/vitest`
  const followed = await bare.exec(script)
  expect(followed, followed.stderr).toMatchObject({ code: 0 })
})

test('the launcher adds less than 50 ms', async () => {
  const measured = await bare.exec('cd /srv/clone && .node/node test/soak/launcher-cost.ts 30')
  expect(measured, measured.stderr).toMatchObject({ code: 0 })
  const { added, n } = JSON.parse(measured.stdout)
  console.info(`the launcher adds ${added} ms (paired median of ${n})`)
  expect(added).toBeLessThan(50)
})
