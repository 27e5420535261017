import { expect, test } from 'vitest'
import { sha256 } from '../../lib/digest.ts'
import { Secret } from '../../lib/secret.ts'
import { secret, secretText } from '../../resources/secret-text.ts'
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
