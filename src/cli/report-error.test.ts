import { expect, test } from 'vitest'
import { CopseError } from '../lib/errors.ts'
import { plainPaint } from './paint.ts'
import { describeError } from './report-error.ts'

const view = { paint: plainPaint, isVerbose: false, isInterrupted: false }

test('an expected error is its message and the next thing to do', () => {
  const error = new CopseError('locked', 'another run holds the lock', { hint: 'wait for it' })
  expect(describeError(error, view)).toEqual({
    code: 4,
    text: 'copse: another run holds the lock\n  wait for it\n',
  })
})

test('config problems come first, as compilers print them', () => {
  const error = new CopseError('config', 'a.ts:1:2  no\na.ts:3:4  no')
  expect(describeError(error, view)).toEqual({
    code: 78,
    text: 'a.ts:1:2  no\na.ts:3:4  no\ncopse: the config is not valid; nothing was touched\n',
  })
})

test('causes are told where everything was asked for', () => {
  const error = new CopseError('failed', 'no', { cause: new Error('deep', { cause: 'deeper' }) })
  expect(describeError(error, view).text).not.toContain('deep')
  expect(describeError(error, { ...view, isVerbose: true }).text).toMatch(
    /because: Error: deep[\s\S]*because: deeper\n$/,
  )
})

test('anything else is a fault of copse, told with its stack', () => {
  const { code, text } = describeError(new TypeError('x is not a function'), view)
  expect(code).toBe(1)
  expect(text).toMatch(/^copse: a fault of copse itself[\s\S]*TypeError: x is not a function\n {4}at /)
})

test('what breaks because of an interruption is no fault', () => {
  expect(describeError(new DOMException('aborted', 'AbortError'), { ...view, isInterrupted: true })).toEqual({
    code: 130,
    text: 'copse: interrupted\n',
  })
})
