import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { concealer, Secret } from './secret.ts'

const secret = new Secret('open "sesame" & more')

test('no printout shows the value', () => {
  const printed = [
    `${secret}`,
    String(secret),
    `${'a'}${secret}`,
    JSON.stringify({ secret }),
    inspect({ secret }, { depth: 9, showHidden: true }),
    JSON.stringify(Object.entries(secret)),
  ]
  expect(printed.join('\n')).not.toContain('sesame')
  expect(printed[3]).toBe('{"secret":"[secret]"}')
  expect(secret.reveal()).toBe('open "sesame" & more')
})

test('a value is replaced in a text, however it is written there', () => {
  const conceal = concealer([secret])
  const value = secret.reveal()
  for (const form of [
    value,
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value),
    Buffer.from(value).toString('base64'),
  ])
    expect(conceal(`a ${form} b ${form}`)).toBe('a [secret] b [secret]')
})

test('the longer of two values that overlap is replaced as a whole', () => {
  expect(concealer([new Secret('abcdef'), new Secret('abcdefgh')])('abcdefgh')).toBe('[secret]')
})

test('a line of a value of many lines is replaced, a short value is not', () => {
  const conceal = concealer([new Secret('-----BEGIN-----\nMIGHAgEAMBMGByqGSM49\n'), new Secret('no')])
  expect(conceal('bad line MIGHAgEAMBMGByqGSM49, no good')).toBe('bad line [secret], no good')
})

test('the rest of a value at the ends of a text that was cut short is replaced too', () => {
  const conceal = concealer([new Secret('0123456789')])
  expect(conceal('3456789: no such user; tried 01234567')).toBe('[secret]: no such user; tried [secret]')
  expect(conceal('6789 01234')).toBe('6789 01234')
})

test('a value that ends as another one begins is replaced as a whole', () => {
  expect(concealer([new Secret('abcdefghijkl'), new Secret('0123abcdef')])('x 0123abcdef')).toBe('x [secret]')
})
