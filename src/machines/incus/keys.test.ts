import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensureOperatorKey, makeKeyPair, operatorKeyFile, sweepKeys, withOperatorKey } from './keys.ts'
import { dropPin, pinnedHosts, readPin, writePin } from './pins.ts'

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'keys-'))
})
afterAll(() => rm(directory, { recursive: true }))

test('two machines never share a key, and nothing of the pairs stays behind', async () => {
  const [a, b] = await Promise.all([makeKeyPair(directory), makeKeyPair(directory)])
  expect(a.public).toMatch(/^ssh-ed25519 \S+ copse$/)
  expect(a.public).not.toBe(b.public)
  expect(a.private).toContain('BEGIN OPENSSH PRIVATE KEY')
  expect(await readdir(directory)).toEqual([])
})

test('what a killed run left is swept away, and nothing else', async () => {
  await mkdir(join(directory, '.key-abc123'))
  await writeFile(join(directory, '.key-abc123', 'key'), 'PRIVATE')
  await writeFile(join(directory, 'other'), '')
  await sweepKeys(directory)
  expect(await readdir(directory)).toEqual(['other'])
  await rm(join(directory, 'other'))
})

test('the operator has one key, also when several ask at once, and only the operator may read it', async () => {
  const keys = await Promise.all([1, 2, 3].map(() => ensureOperatorKey(directory)))
  expect(new Set([...keys, await ensureOperatorKey(directory)]).size).toBe(1)
  expect((await stat(operatorKeyFile(directory))).mode & 0o777).toBe(0o600)
  expect(await readdir(directory)).toEqual(['id_ed25519', 'id_ed25519.pub'])
  await rm(`${operatorKeyFile(directory)}.pub`)
  expect(await ensureOperatorKey(directory)).toBe(keys[0])
})

test('what is kept of a machine is there until it is dropped', async () => {
  const pin = { uuid: 'u-1', hostKey: 'ssh-ed25519 AAAA' }
  expect(await readPin(directory, 'web1')).toBeUndefined()
  await writePin(directory, 'web1', pin)
  expect(await readPin(directory, 'web1')).toEqual(pin)
  expect(await pinnedHosts(directory)).toEqual(['web1'])
  await dropPin(directory, 'web1')
  expect(await pinnedHosts(directory)).toEqual([])
})

test('the key of one operator takes the place of the other’s, and keys of people stay', () => {
  const before = '# by hand\nssh-ed25519 AAAAone copse\nssh-ed25519 AAAAana ana copse\n'
  const after = '# by hand\nssh-ed25519 AAAAana ana copse\n'
  expect(withOperatorKey(before, 'ssh-ed25519 AAAAtwo copse')).toBe(`ssh-ed25519 AAAAtwo copse\n${after}`)
  expect(withOperatorKey('', 'ssh-ed25519 AAAAtwo copse')).toBe('ssh-ed25519 AAAAtwo copse\n')
})
