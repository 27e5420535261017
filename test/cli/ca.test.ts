/** What is said of the certificate authority, with the real binary in a home of its own. */
import { X509Certificate } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { stateDirectory } from '../../src/engine/state.ts'
import { certify, makeAuthorityKey } from '../../src/engine/tls/authority.ts'
import { office } from '../fixture/office.ts'
import { Copse } from './copse.ts'

const copse = new Copse()
afterAll(() => copse[Symbol.dispose]())

test('its certificate is printed, and before the first up it is said who makes it', async () => {
  const file = join(copse.directory, 'ca', 'copse.config.ts')
  mkdirSync(dirname(file))
  writeFileSync(
    file,
    `import { certificate, defineEcosystem, existing } from 'copse'
export default defineEcosystem({
  name: 'office',
  environments: { dev: { machines: existing(), subnet: '10.71.0.0/24', domain: 'office.internal' } },
  hosts: { web: { at: 24, roles: [], resources: ({ host }) => [certificate('web', { host })] } },
})
`,
  )
  const run = (...words: string[]) => copse.run(['-C', dirname(file), ...words])
  const early = await run('ca', 'dev', 'export')
  expect([early.code, early.stdout]).toEqual([1, ''])
  expect(early.stderr).toContain('dev has no certificate authority yet')
  expect(early.stderr).toContain('copse up dev makes it where a host has a certificate')
  expect((await run('secrets', 'dev')).stdout).toMatch(
    /^ca-key +made by the next up +web:certificate \/etc\/copse\/tls\/web.crt$/m,
  )

  const state = stateDirectory(file, office, copse.state)
  mkdirSync(state, { recursive: true })
  writeFileSync(join(state, 'ca.crt'), await certify(await makeAuthorityKey(), office))
  const { code, stdout } = await run('ca', 'dev', 'export')
  expect([code, new X509Certificate(stdout).subject]).toEqual([0, 'CN=copse office dev CA'])
  expect(JSON.parse((await run('ca', 'dev', '--json')).stdout)).toEqual({
    version: 1,
    environment: 'dev',
    certificate: stdout,
  })
})
