import { expect, test } from 'vitest'
import { sha256 } from '../../lib/digest.ts'
import { Secret } from '../../lib/secret.ts'
import { sshPrivateKey, sshPublicKey } from '../../lib/ssh-key.ts'
import {
  quotedText,
  secret,
  secretText,
  sshPrivateKeyOf,
  sshPublicKeyOf,
} from '../../resources/secret-text.ts'
import { noSecrets, openSecrets } from './open.ts'

const open = openSecrets(new Map([['key', new Secret('hunter22')]]))
const text = secretText`a=${secret('key')}\n`

test('a text is filled in, and has the digest of the whole', () => {
  expect(open.textOf(text)).toBe('a=hunter22\n')
  expect(open.digestOf(text)).toBe(sha256('a=hunter22\n'))
})

test('without the value there is neither text nor digest', () => {
  expect(noSecrets.digestOf(text)).toBeUndefined()
  expect(() => noSecrets.textOf(text)).toThrow('key is another secret than when the plan was made')
})

test('a text that is no longer the one that was planned is refused', () => {
  expect(open.textOf({ ...text, digest: open.digestOf(text) })).toBe('a=hunter22\n')
  expect(() => open.textOf({ ...text, digest: sha256('a=other\n') })).toThrow('another secret')
})

test('what stands there is in the form that the text asks for', () => {
  const quoting = openSecrets(new Map([['key', new Secret('a"$b')]]))
  expect(quoting.textOf(quotedText(secretText`${secret('key')}`))).toBe('"a\\"\\$b"')
  const line = secretText`from="10.61.0.9" ${sshPublicKeyOf(secret('key'))}\n`
  expect(open.textOf(line)).toBe(`from="10.61.0.9" ${sshPublicKey('hunter22')}\n`)
  expect(open.textOf(sshPrivateKeyOf(secret('key')))).toBe(sshPrivateKey('hunter22'))
  expect(open.digestOf(sshPrivateKeyOf(secret('key')))).toBe(sha256(sshPrivateKey('hunter22')))
  expect(noSecrets.digestOf(line)).toBeUndefined()
})

test('of a private key no line is shown, whole or cut', () => {
  const key = sshPrivateKey('hunter22')
  const { conceal } = openSecrets(new Map([['key', new Secret('hunter22')]]), { keys: ['key', 'gone'] })
  expect(conceal(`it says ${key}`)).toBe('it says [secret]')
  for (const line of key.trim().split('\n')) expect(conceal(`log: ${line}`)).toBe('log: [secret]')
  const cut = conceal(key.slice(40, -60)).split('\n')
  expect(cut.filter((line) => line !== '[secret]')).toEqual([])
})
