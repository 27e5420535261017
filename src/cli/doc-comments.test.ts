import { expect, test } from 'vitest'
import { readEntry, readOptions } from './doc-comments.ts'

test('a function is its signature and the sentences above it', () => {
  const text = `/** Other. */
export const other = 1

/**
 * Makes a thing. It
 * is good.
 */
export function thing(
  path: string,
  options: { readonly mode?: number } = {},
): Resource {
  return 1
}
`
  expect(readEntry(text, 'thing')).toEqual({
    signature: 'thing(path: string, options: { readonly mode?: number } = {}): Resource',
    text: 'Makes a thing. It\nis good.',
  })
  expect(readEntry(text, 'other')).toEqual({ signature: 'other', text: 'Other.' })
  expect(readEntry(text, 'nothing')).toBeUndefined()
})

test('the options of a role are what its schema says', () => {
  expect(readOptions('const options = z.strictObject({\n  port: z.int(),\n})\n\nconst x = 1\n')).toBe(
    '  port: z.int(),',
  )
  expect(readOptions('const x = 1\n')).toBe('')
})
