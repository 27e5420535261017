/** A server that copse did not make, with two operators who know nothing of each other but the config. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { PlainServer } from '../fixture/plain-server.ts'
import { type PlainServers, plainServers } from '../fixture/plain-servers.ts'
import { makeWorld, type World } from '../system/office/world.ts'
import { well } from './people/cast.ts'

const person =
  "{ name: 'ana', keys: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBmSZ5tGqr1cGbvvzC2nDpBDeXoq0u1mXGJ6Lh2Bvk5A ana'], environments: ['prod'] }"

let fixture: PlainServers
let server: PlainServer
let first: World
let second: World

beforeAll(async () => {
  fixture = await plainServers()
  server = await fixture.server({ name: 'plain-people', release: 13, sudo: false })
  const before = `useradd -m guest
id -u ops || useradd -m -s /bin/bash ops
mkdir -p -m 700 /home/ops/.ssh
echo 'ssh-ed25519 AAAAMINE mine' >/home/ops/.ssh/authorized_keys
chmod 600 /home/ops/.ssh/authorized_keys
chown -R ops: /home/ops/.ssh`
  expect(await server.exec(before)).toMatchObject({ code: 0 })
  const parts = {
    text: configText(),
    addresses: { one: server.address },
    end: async () => undefined,
  }
  first = await makeWorld(parts)
  second = await makeWorld(parts)
  await well(first.copse('up', 'prod'))
}, 600_000)

afterAll(async () => {
  await second?.[Symbol.asyncDispose]()
  await first?.[Symbol.asyncDispose]()
  await fixture?.[Symbol.asyncDispose]()
}, 120_000)

test('what one operator made, another one finds as it is and changes, in turns', {
  timeout: 240_000,
}, async () => {
  await well(second.copse('plan', 'prod', '--detailed-exitcode'))
  // The first one's run has a number; each change by the other needs a higher one.
  for (const world of [second, first, first, second]) {
    await server.exec('rm /etc/copse/environment.json')
    await well(world.copse('up', 'prod'))
  }
  const said = await second.copse('adopt', 'prod', '--yes')
  expect(said).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('the servers of prod are your own'),
  })
})

test('an account of that name that was there before has its own keys back when the last person is gone', {
  timeout: 240_000,
}, async () => {
  const keys = 'cat /home/ops/.ssh/authorized_keys'
  expect((await server.exec(keys)).stdout).toMatch(/ ana$/)
  expect((await server.exec(keys)).stdout).not.toContain('mine')
  await first.edit(person, '')
  await well(first.copse('up', 'prod'))
  const left = await server.exec(`${keys}; id -un ops guest; ls /etc/sudoers.d`)
  expect(left.stdout).toMatch(/^ssh-ed25519 AAAAMINE mine\nops\nguest/)
  expect(left.stdout).not.toMatch(/^copse$/m)
  await well(first.copse('plan', 'prod', '--detailed-exitcode'))
})

function configText(): string {
  const { identityFile, hostKey, user, address } = server
  return `import { defineEcosystem, existing } from 'copse'

export default defineEcosystem({
  name: 'crew',
  environments: {
    prod: {
      machines: existing({ servers: { one: ${JSON.stringify({ user, identityFile, hostKey })} } }),
      subnet: '${fixture.net}.0/24',
      domain: 'crew.internal',
      resolvers: ['${fixture.net}.1'],
    },
  },
  hosts: { one: { at: ${address.split('.')[3]}, roles: [] } },
  people: [${person}],
})
`
}
