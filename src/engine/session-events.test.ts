import { expect, test } from 'vitest'
import { parseSessionEvent } from './session-events.ts'

test('what a step printed is decoded', () => {
  const log = Buffer.from('no such "package"\n').toString('base64')
  expect(parseSessionEvent(`{"event":"step-end","step":3,"code":1,"ms":12,"log":"${log}"}`)).toEqual({
    event: 'step-end',
    step: 3,
    code: 1,
    ms: 12,
    log: 'no such "package"\n',
  })
})

test('a line that was cut off by a power failure is not an event', () => {
  expect(parseSessionEvent('{"event":"step-st')).toBeUndefined()
  expect(parseSessionEvent('{"event":"dance"}')).toBeUndefined()
})
