import { expect, test } from 'vitest'
import { readApi, readEntry } from './api-docs.ts'

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

test('every builder that the public API exports for resources and roles is documented', () => {
  const entries = readApi()
  const names = (folder: string) => entries.filter((entry) => entry.folder === folder).map(({ name }) => name)
  expect(names('resources')).toContain('link')
  expect(names('roles')).toContain('web')
  for (const { text, signature } of entries) expect([text.length > 20, signature]).toEqual([true, signature])
})
