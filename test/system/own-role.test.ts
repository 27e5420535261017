/** A role of the user's own, written beside the config, keeps the contract of roles; no file of copse knows of it. */
import { afterAll, beforeAll, test } from 'vitest'
import { proveRole } from '../contract/role-case.ts'
import type { PlainServer } from '../fixture/plain-server.ts'
import { type PlainServers, plainServers } from '../fixture/plain-servers.ts'
import { makeRoleWorld } from '../fixture/role-world.ts'
import type { World } from './office/world.ts'

let fixture: PlainServers
let server: PlainServer
let world: World

beforeAll(async () => {
  fixture = await plainServers()
  server = await fixture.server({ name: 'plain-own-role', release: 13 })
  world = await makeRoleWorld(fixture.net, server, 13)
}, 600_000)

afterAll(async () => {
  await world?.[Symbol.asyncDispose]()
  await fixture?.[Symbol.asyncDispose]()
}, 60_000)

test('the Redis of examples/own-role', { timeout: 300_000 }, () =>
  proveRole({ world, server }, { role: 'redis()', unit: 'redis-server', port: 6379 }),
)
