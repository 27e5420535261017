import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lines, quote, sh } from './shell.ts'

test('a plain word stays as it is and any other is quoted', () => {
  expect(quote('/etc/hosts')).toBe('/etc/hosts')
  expect(quote("it's $(here)")).toBe(`'it'\\''s $(here)'`)
  expect(quote('')).toBe("''")
})

test('nested shell is not quoted again and arrays become several words', () => {
  expect(lines([sh`cat ${'a b'}`, sh`if ${sh`test -e ${'x'}`}; then rm ${['-f', 'y z']}; fi`]).shell).toBe(
    "cat 'a b'\nif test -e x; then rm -f 'y z'; fi",
  )
})

test('a NUL byte is refused', () => {
  expect(() => sh`echo ${'a\0b'}`).toThrow('NUL')
})

test('any text survives a real shell', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0'))), (words) => {
      const output = execFileSync('sh', ['-c', sh`printf '%s\\0' x ${words}`.shell], { encoding: 'buffer' })
      expect(output).toEqual(Buffer.from(['x', ...words, ''].join('\0')))
    }),
    { numRuns: 100 },
  )
})
