/** Whom copse trusts where no key is pinned, against a real sshd. Needs root and openssh-server. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { knownHostsLine } from '../../src/transports/ssh/known-hosts.ts'
import { openSsh } from '../../src/transports/ssh/open.ts'
import { PrivateSshd } from '../fixture/private-sshd.ts'

const sshd = new PrivateSshd()
beforeAll(() => sshd.start())
afterAll(() => sshd[Symbol.asyncDispose]())

const { signal } = new AbortController()
const open = (knownHosts: string) =>
  openSsh(sshd.target({ hostKey: undefined, knownHosts }), { alias: 'web1.office.internal', signal })

test('a host is trusted by the known_hosts file that is named for it, and by nothing else', async () => {
  const knownHosts = join(sshd.directory, 'known_hosts')
  const vouch = (name: string) =>
    writeFileSync(knownHosts, knownHostsLine(`[127.0.0.1]:${sshd.port}`, sshd.publicKey(name)))
  vouch('host')
  await using web1 = await open(knownHosts)
  expect(await web1.run({ main: { text: 'echo in' } }, signal)).toMatchObject({ code: 0, stdout: 'in\n' })
  vouch('other')
  await expect(open(knownHosts)).rejects.toMatchObject({
    reason: 'changed-key',
    hint: expect.stringContaining(`replace its line in ${knownHosts}`),
  })
  writeFileSync(knownHosts, '')
  await expect(open(knownHosts)).rejects.toMatchObject({
    reason: 'no-entry',
    hint: expect.stringContaining(`add a line for it to ${knownHosts}`),
  })
})
