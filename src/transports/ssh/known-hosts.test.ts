import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fingerprint, keyOf, keysIn, knownHostsLine, knownKeys, resolve, typedKey } from './known-hosts.ts'

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

test('where a known_hosts file is named, no other vouches for a server', async () => {
  const knownHosts = join(directory, 'of the config')
  writeFileSync(knownHosts, knownHostsLine('192.0.2.7', publicKey))
  const { signal } = new AbortController()
  const target = { address: '192.0.2.7', knownHosts }
  expect(await resolve(target, signal)).toMatchObject({ knownHostsFiles: [knownHosts, '/dev/null'] })
  expect(await knownKeys(target, signal)).toEqual([keyOf(publicKey)])
  expect(await knownKeys({ ...target, address: '192.0.2.8' }, signal)).toEqual([])
})

test('a key in base64 says its type', () => {
  expect(`${typedKey(keyOf(publicKey))} root@box`).toBe(publicKey.trim())
})

test('of known keys those that were revoked are left out', () => {
  const other = 'AAAAC3NzaC1lZDI1NTE5AAAAIOTHER'
  const text = `# Host web1 found: line 1
web1 ${publicKey}|1|salt=|hash= ssh-ed25519 ${other}
@revoked * ssh-ed25519 ${other}
web1 ssh-ed25519
`
  expect(keysIn(text)).toEqual([keyOf(publicKey)])
})
