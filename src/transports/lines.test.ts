import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { keepTail, linesOf } from './lines.ts'

async function split(...pieces: string[]): Promise<readonly string[]> {
  const found: string[] = []
  for await (const line of linesOf(Readable.from(pieces))) found.push(line)
  return found
}

test('lines are put together from pieces', async () => {
  expect(await split('a', 'b\nc\n', '\nd', '')).toEqual(['ab', 'c', '', 'd'])
})

test('only a newline ends a line', async () => {
  expect(await split('a\rb\u2028c\n')).toEqual(['a\rb\u2028c'])
})

test('no text has no lines', async () => {
  expect(await split()).toEqual([])
})

test('a tail keeps the end of a text', async () => {
  const source = Readable.from(['abc', 'def'])
  const tail = keepTail(source, 4)
  await new Promise((resolve) => source.once('end', resolve))
  expect(tail()).toBe('cdef')
})
