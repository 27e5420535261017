/** What `copse images` prints. */
import { expect, test } from 'vitest'
import { plainPaint as plain } from './paint.ts'
import { renderImages } from './render-images.ts'

const now = new Date('2026-05-09T12:00:00Z')
const image = {
  id: '61275f65ab28',
  made: '2026-05-02T11:00:00Z',
  debian: 13,
  holds: 'unbound and 9 more',
} as const

test('a row says how old an image is, and whether it is still used', () => {
  const images = [
    { ...image, isFresh: false },
    { ...image, id: 'aa', made: '2026-05-09T11:00:00Z', isFresh: true },
  ]
  expect(renderImages(images, { verb: 'list', now, paint: plain })).toMatchInlineSnapshot(`
    "IMAGE         BASE       AGE  STATE     HOLDS
    61275f65ab28  Debian 13  7 d  outdated  unbound and 9 more
    aa            Debian 13  0 d  fresh     unbound and 9 more
    "
  `)
})

test('what was removed is counted', () => {
  const text = renderImages([{ ...image, isFresh: false }], { verb: 'prune', now, paint: plain })
  expect(text).toMatch(/\nRemoved 1\.\n$/)
  expect(renderImages([], { verb: 'prune', now, paint: plain })).toBe('There was nothing to remove.\n')
})
