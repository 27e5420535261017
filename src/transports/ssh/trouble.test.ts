import { expect, test } from 'vitest'
import { connectTrouble, sudoTrouble } from './trouble.ts'

const link = {
  alias: 'devweb1',
  knownHosts: '/dev/null',
  target: { address: '10.61.0.24', user: 'ops', port: 2222, hostKey: 'ssh-ed25519 cGlubmVk' },
}
const { signal } = new AbortController()
const shown = (key: string, said: string) =>
  `copse-host-key ORDER NONE\ncopse-host-key HOSTNAME ${key}\n${said}\n`

test('a host that showed no key did not answer, whatever the client says', async () => {
  const trouble = await connectTrouble(link, 'Host key verification failed.\n', signal)
  expect(trouble.reason).toBe('no-answer')
  expect(trouble.message).toBe(
    'devweb1 does not answer at 10.61.0.24 port 2222 (Host key verification failed.)',
  )
  expect(trouble.hint).toContain('ssh -v -p 2222 ops@10.61.0.24')
})

test('a host that showed another key is refused, with both fingerprints', async () => {
  const trouble = await connectTrouble(link, shown('b3RoZXI=', 'Permission denied'), signal)
  expect(trouble.reason).toBe('changed-key')
  expect(trouble.message.match(/SHA256:\S{43}/g)).toHaveLength(2)
})

test('a host that showed the pinned key did not let us in', async () => {
  const trouble = await connectTrouble(link, shown('cGlubmVk', 'Permission denied (publickey).'), signal)
  expect(trouble.reason).toBe('no-entry')
  expect(trouble.message).toBe(
    'devweb1 does not let ops in at 10.61.0.24 port 2222 (Permission denied (publickey).)',
  )
})

test('a key that nobody vouches for lets nobody in', async () => {
  const target = { address: 'no-such-host.invalid' }
  const trouble = await connectTrouble({ ...link, target }, shown('b3RoZXI=', ''), signal)
  expect(trouble.reason).toBe('no-entry')
  expect(trouble.message).toContain('is not known: it shows SHA256:')
})

test('a user without sudo is told what to write', () => {
  const trouble = sudoTrouble(link, shown('cGlubmVk', 'sudo: a password is required'))
  expect(trouble.reason).toBe('no-entry')
  expect(trouble.message).toBe(
    'ops may not run sudo without a password on devweb1 (sudo: a password is required)',
  )
  expect(trouble.hint).toContain("echo 'ops ALL=(ALL) NOPASSWD: ALL'")
})
