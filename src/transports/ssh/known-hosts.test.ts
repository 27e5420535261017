import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fingerprint, keyOf, knownHostsLine, resolve } from './known-hosts.ts'

const directory = mkdtempSync(join(tmpdir(), 'known-hosts-'))
afterAll(() => rmSync(directory, { recursive: true }))
const key = join(directory, 'key')
let publicKey = ''
beforeAll(() => {
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'root@box', '-f', key])
  publicKey = readFileSync(`${key}.pub`, 'utf8')
})

test('a fingerprint is what ssh-keygen prints', () => {
  const printed = execFileSync('ssh-keygen', ['-lf', `${key}.pub`], { encoding: 'utf8' })
  expect(printed.split(' ')[1]).toBe(fingerprint(keyOf(publicKey)))
})

test('a known_hosts line is one that OpenSSH finds', () => {
  const file = join(directory, 'known_hosts')
  writeFileSync(file, knownHostsLine('devweb1.office.internal', publicKey))
  const found = execFileSync('ssh-keygen', ['-F', 'devweb1.office.internal', '-f', file], {
    encoding: 'utf8',
  })
  expect(found).toContain(keyOf(publicKey))
})

test('a target is resolved as OpenSSH would connect', async () => {
  const { hostname, port, isProxied, knownAs } = await resolve(
    { address: '192.0.2.7', port: 2222 },
    new AbortController().signal,
  )
  expect({ hostname, port, isProxied, knownAs }).toEqual({
    hostname: '192.0.2.7',
    port: 2222,
    isProxied: false,
    knownAs: '[192.0.2.7]:2222',
  })
})
