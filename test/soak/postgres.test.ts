/** A database, the host that keeps its dumps and a client, on containers of this box. */
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { claimSubnet } from '../fixture/subnets.ts'
import { postgres } from '../system/office/postgres.ts'
import { makeWorld, type World } from '../system/office/world.ts'

let world: World

beforeAll(async () => {
  const subnet = await claimSubnet()
  const directory = await mkdtemp(join(tmpdir(), 'cp-'))
  // Unprivileged machines reach their own root directory through this one.
  await chmod(directory, 0o711)
  world = await makeWorld({
    text: `import { backups, defineEcosystem, incus, postgres, postgresClient } from 'copse'

export default defineEcosystem({
  name: 'data',
  environments: {
    dev: { machines: incus({ box: 'local' }), subnet: '${subnet.net}.0/24', domain: 'data.internal', prefix: 'dev' },
  },
  hosts: {
    db: { at: 20, roles: [postgres({ databases: ['repo'] })] },
    log: { at: 21, roles: [backups()] },
    web: { at: 22, roles: [postgresClient({ databases: ['repo'] })] },
  },
})
`,
    env: { LXD_DIR: join(directory, 'lxd') },
    addresses: { db: `${subnet.net}.20`, log: `${subnet.net}.21`, web: `${subnet.net}.22` },
    async end(ending) {
      const purged = await ending.copse('destroy', 'dev', '--purge', '--yes')
      await subnet.release()
      await rm(directory, { recursive: true, force: true })
      if (purged.code !== 0) throw new Error(purged.stderr)
    },
  })
})

afterAll(() => world?.[Symbol.asyncDispose](), 180_000)

test('one command makes it real and proves it', { timeout: 900_000 }, async () => {
  const up = await world.copse('up', 'dev')
  expect(up.code, up.stdout + up.stderr).toBe(0)
})

postgres(() => world)
