/** Every role keeps its contract on a server that copse did not make: those of copse, and a user's own. */
import { afterAll, beforeAll, test } from 'vitest'
import { proveRole, type RoleCase } from '../contract/role-case.ts'
import type { PlainServer } from '../fixture/plain-server.ts'
import { type PlainServers, plainServers } from '../fixture/plain-servers.ts'
import { makeRoleWorld } from '../fixture/role-world.ts'
import type { World } from '../system/office/world.ts'

const cases: readonly RoleCase[] = [
  { role: 'dns()', unit: 'unbound', port: 53 },
  { role: 'web()', unit: 'nginx', port: 80 },
  { role: 'ci()', unit: 'ci-master', port: 80 },
  { role: 'metrics()', unit: 'carbon-cache', port: 2003 },
  // It keeps its own journal where no other host does.
  { role: 'logs()', unit: 'copse-logs', port: 19_532 },
  // It keeps its own dumps where no other host does.
  { role: "backups(), postgres({ databases: ['repo'] })", unit: 'postgresql@15-main', port: 5432 },
  // Something must be there to balance.
  { role: 'web(), balancer({ port: 8080 })', unit: 'haproxy', port: 8080 },
]

let fixture: PlainServers
let server: PlainServer
let world: World

beforeAll(async () => {
  fixture = await plainServers()
  server = await fixture.server({ name: 'plain-roles', release: 12, sudo: true })
  world = await makeRoleWorld(fixture.net, server, 12)
}, 600_000)

afterAll(async () => {
  await world?.[Symbol.asyncDispose]()
  await fixture?.[Symbol.asyncDispose]()
}, 60_000)

test.each(cases)('$role', { timeout: 1_200_000 }, (proven) => proveRole({ world, server }, proven))
