import { expect, test, vi } from 'vitest'
import { z } from 'zod'
import { parsedOnce } from './parsed-once.ts'

const isShort = vi.fn((text: string) => text.length < 4)
const schema = z.object({ names: z.array(z.string().refine(isShort)) })

test('what was checked is not checked again, and cannot be changed', () => {
  const first = parsedOnce(schema, { names: ['a'] })
  expect(parsedOnce(schema, first)).toBe(first)
  expect(isShort).toHaveBeenCalledTimes(1)
  expect(() => first.names.push('too long')).toThrow(TypeError)
})

test('an equal value, and that of another schema, is checked', () => {
  const first = parsedOnce(schema, { names: ['a'] })
  expect(() => parsedOnce(schema, { names: ['a', 'too long'] })).toThrow()
  expect(() => parsedOnce(z.object({ names: z.array(z.number()) }), first)).toThrow()
})
