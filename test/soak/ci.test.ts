/** A CI server on containers of this box, of both releases of Debian that guests may have. */
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { claimSubnet } from '../fixture/subnets.ts'
import { ci } from '../system/office/ci.ts'
import { makeWorld, type World } from '../system/office/world.ts'

describe.each([13, 12])('Debian %i', (debian) => {
  let world: World

  beforeAll(async () => {
    const subnet = await claimSubnet()
    const directory = await mkdtemp(join(tmpdir(), 'cc-'))
    // Unprivileged machines reach their own root directory through this one.
    await chmod(directory, 0o711)
    world = await makeWorld({
      text: `import { ci, defineEcosystem, incus } from 'copse'

export default defineEcosystem({
  name: 'builds',
  environments: {
    dev: { machines: incus({ box: 'local' }), subnet: '${subnet.net}.0/24', domain: 'builds.internal', prefix: 'dev' },
  },
  hosts: { ci: { at: 23, debian: ${debian}, roles: [ci()] } },
})
`,
      env: { LXD_DIR: join(directory, 'lxd') },
      addresses: { ci: `${subnet.net}.23` },
      async end(ending) {
        const purged = await ending.copse('destroy', 'dev', '--purge', '--yes')
        await subnet.release()
        await rm(directory, { recursive: true, force: true })
        if (purged.code !== 0) throw new Error(purged.stderr)
      },
    })
  })

  afterAll(() => world?.[Symbol.asyncDispose](), 180_000)

  test('one command makes it real and proves it', { timeout: 1_200_000 }, async () => {
    const up = await world.copse('up', 'dev')
    expect(up.code, up.stdout + up.stderr).toBe(0)
    const again = await world.copse('up', 'dev')
    expect(again.stdout + again.stderr).toContain('No changes')
  })

  ci(() => world)
})
