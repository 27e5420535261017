import { expect, test } from 'vitest'
import { file } from './file.ts'
import { secret, secretsOf, secretText, withSecrets } from './secret-text.ts'

const key = secret('graphite-key', { generate: 50 })

test('a reference is plain data without a value', () => {
  expect(JSON.parse(JSON.stringify(key))).toEqual({ secret: 'graphite-key', generate: 50 })
  expect(secret('smtp')).toEqual({ secret: 'smtp' })
  expect(structuredClone(JSON.parse(JSON.stringify(key)))).toEqual({ ...key })
})

test('in an ordinary text it is a mistake', () => {
  expect(() => `KEY=${key}`).toThrow('graphite-key can only be put into a text by secretText')
})

test.each([
  ['a name in capitals', 'Key', {}, /lower-case letters, digits and hyphens/],
  ['a name of two words', 'a b', {}, /lower-case letters/],
  ['too few characters', 'key', { generate: 7 }, /8 characters at least/],
  ['half a character', 'key', { generate: 8.5 }, /whole number/],
  ['an unknown setting', 'key', { length: 8 }, /length/],
])('%s is refused', (_what, name, options, message) => {
  expect(() => Reflect.apply(secret, undefined, [name, options])).toThrow(message)
})

test('a text keeps its secrets apart, and joins what is plain', () => {
  const inner = secretText`<${key}>`
  expect(secretText`a${1}b${'c'}${inner}d`).toEqual({ parts: ['a1bc<', { ...key }, '>d'] })
  expect(secretText`plain`).toEqual({ parts: ['plain'] })
})

test('only texts and secrets can stand in one', () => {
  expect(() => Reflect.apply(secretText, undefined, [['', ''], { secret: 'A' }])).toThrow(/secretText/)
})

test('a file with a secret is a secret file', () => {
  for (const content of [key, secretText`k=${key}`])
    expect(file('/a', { content }).spec).toMatchObject({ secret: true, mode: 0o600 })
  expect(file('/a', { content: key, mode: 0o640 }).spec).toMatchObject({ mode: 0o640 })
})

test('digests are filled in wherever a resource holds such a text', () => {
  const resource = {
    ...file('/a', { content: '' }),
    spec: { some: [{ env: secretText`k=${key}` }], path: '/a' },
  }
  expect(secretsOf(resource)).toEqual([{ ...key }])
  expect(withSecrets(resource, () => 'd').spec).toEqual({
    some: [{ env: { parts: ['k=', { ...key }], digest: 'd' } }],
    path: '/a',
  })
  const plain = file('/b', { content: 'b' })
  expect(withSecrets(plain, () => 'd')).toBe(plain)
})
