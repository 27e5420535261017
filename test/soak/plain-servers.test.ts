/** The fixture itself: servers that boot, are reached, go silent, and leave nothing behind. */
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ssh } from '../fixture/pinned-ssh.ts'
import type { PlainServer } from '../fixture/plain-server.ts'
import { type PlainServers, plainServers } from '../fixture/plain-servers.ts'

let servers: PlainServers
let root: PlainServer
let sudo: PlainServer

beforeAll(async () => {
  servers = await plainServers()
  const wanted = [
    servers.server({ name: 'plain12', release: 12 }),
    servers.server({ name: 'plain13', release: 13, sudo: true }),
  ] as const
  ;[root, sudo] = await Promise.all(wanted)
})

afterAll(() => servers[Symbol.asyncDispose]())

test('a server is reached by its pinned host key, as root or as a user with sudo', async () => {
  const said = await Promise.all([ssh(root, 'id -un'), ssh(sudo, 'sudo -n id -un; id -un')])
  expect(said).toMatchObject([
    { code: 0, stdout: 'root' },
    { code: 0, stdout: 'root\nops' },
  ])
})

test('the way in that a server does not have is shut', async () => {
  expect(await ssh({ ...sudo, user: 'root' }, 'true')).toMatchObject({ code: 255 })
  expect(await ssh({ ...root, user: 'ops' }, 'true')).toMatchObject({ code: 255 })
})

test('two servers have different host keys and machine ids', async () => {
  const ids = await Promise.all([root, sudo].map((server) => server.exec('cat /etc/machine-id')))
  expect(new Set(ids.map(({ stdout }) => stdout)).size).toBe(2)
  expect(root.hostKey).not.toBe(sudo.hostKey)
})

test.for([
  ['12', () => root],
  ['13', () => sudo],
] as const)('Debian %s boots with no failed unit and installs packages', async ([release, server]) => {
  const said = await server().exec(
    'cat /etc/debian_version; systemctl list-units --failed --plain --no-legend',
  )
  expect(said.stdout).toMatch(new RegExp(`^${release}\\.\\d+$`))
  const installed = await server().exec(
    'apt-get update -qq && apt-get install -y -qq tree >/dev/null 2>&1 && tree --version',
  )
  expect(installed).toMatchObject({ code: 0 })
})

test('a black-holed server drops packets without a word, and comes back', async () => {
  await root.blackhole(true)
  const began = performance.now()
  const connected = await execa('timeout', ['8', 'bash', '-c', `</dev/tcp/${root.address}/22`], {
    reject: false,
  })
  // 124: the time was up; a refusal would have come at once.
  expect(connected.exitCode).toBe(124)
  expect(performance.now() - began).toBeGreaterThan(7900)
  await root.blackhole(false)
  expect(await ssh(root, 'true')).toMatchObject({ code: 0 })
})

test('a server that lost power boots again with the same key', async () => {
  await root.stop(true)
  await root.start()
  expect(await ssh(root, 'hostname')).toMatchObject({ code: 0, stdout: 'plain12' })
})
