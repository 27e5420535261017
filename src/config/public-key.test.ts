import { expect, test } from 'vitest'
import { publicKeyFault } from './public-key.ts'

const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHp4bJV3m0iuC0EHLbnTrUd6mCMfoLULmkvhKEh5r0dV'

test('a public key with or without a comment is accepted', () => {
  expect(publicKeyFault(key)).toBeUndefined()
  expect(publicKeyFault(`${key} ana@laptop (work)`)).toBeUndefined()
})

test.each([
  ['nothing', '', /one line/],
  ['options before it', `command="sh" ${key}`, /one line/],
  ['two lines', `${key}\n${key}`, /one line/],
  ['a comment that could hide something', `${key} ana\u001b[2K`, /one line/],
  ['a type of old', `ssh-dss ${key.split(' ')[1]}`, /of a type that OpenSSH accepts/],
  ['a type that is not the one inside', `ssh-rsa ${key.split(' ')[1]}`, /whole key/],
  ['a cut key', key.slice(0, 60), /whole key/],
  ['a key with more behind it', `${key}AAAA`, /whole key/],
])('%s is not', (_title, text, fault) => {
  expect(publicKeyFault(text)).toMatch(fault)
})

test('a private key is named as one and not repeated', () => {
  const fault = publicKeyFault('-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1r')
  expect(fault).toMatch(/private key/)
  expect(fault).not.toContain('b3BlbnNzaC1r')
})
