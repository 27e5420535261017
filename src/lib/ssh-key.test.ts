import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sshPrivateKey, sshPublicKey } from './ssh-key.ts'

const value = 'Zk3vQm0cXhT8bJr5LwY1oPdU7sEaN2gfRiK9qHxW4tB'

test('the same value makes the same pair, and another one another', () => {
  expect(sshPublicKey(value)).toBe(sshPublicKey(value))
  expect(sshPrivateKey(value)).toBe(sshPrivateKey(value))
  expect(sshPublicKey(`${value}x`)).not.toBe(sshPublicKey(value))
  expect(sshPublicKey(value)).toMatch(/^ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI[\w+/]{43}$/)
})

test.each([value, '', 'ä\n"\0', 'x'.repeat(1000)])(
  'ssh-keygen reads the key and finds its public half',
  (from) => {
    const directory = mkdtempSync(join(tmpdir(), 'ssh-key-'))
    try {
      const file = join(directory, 'key')
      writeFileSync(file, sshPrivateKey(from), { mode: 0o600 })
      const keygen = (...words: string[]) =>
        execFileSync('ssh-keygen', words, { encoding: 'utf8', cwd: directory })
      expect(keygen('-y', '-P', '', '-f', file).trim()).toBe(sshPublicKey(from))
      // Only a private half that belongs to the public one makes a signature that is found good.
      writeFileSync(join(directory, 'text'), 'text')
      writeFileSync(join(directory, 'signers'), `ci ${sshPublicKey(from)}\n`)
      keygen('-q', '-Y', 'sign', '-f', file, '-n', 'file', 'text')
      const checked = execFileSync(
        'ssh-keygen',
        ['-Y', 'verify', '-f', 'signers', '-I', 'ci', '-n', 'file', '-s', 'text.sig'],
        { cwd: directory, input: 'text', encoding: 'utf8' },
      )
      expect(checked).toContain('Good "file" signature for ci')
    } finally {
      rmSync(directory, { recursive: true })
    }
  },
)
