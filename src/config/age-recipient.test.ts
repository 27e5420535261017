import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { expect, test } from 'vitest'
import { isAgeRecipient } from './age-recipient.ts'

test('what age calls a recipient is one', async () => {
  for (let trial = 0; trial < 20; trial++)
    expect(isAgeRecipient(await identityToRecipient(await generateX25519Identity()))).toBe(true)
})

test('one wrong or missing character is noticed', () => {
  const recipient = 'age142msjd3sl3pfu4xhk7e37suqgvepzh38jvqqc8lrva2edza5zdjs4mkcsh'
  for (const at of [4, 20, 61]) {
    const letter = recipient[at] === 'q' ? 'p' : 'q'
    expect(isAgeRecipient(recipient.slice(0, at) + letter + recipient.slice(at + 1))).toBe(false)
  }
  expect(isAgeRecipient(recipient.slice(0, -1))).toBe(false)
  expect(isAgeRecipient('AGE-SECRET-KEY-1QQQQ')).toBe(false)
})
