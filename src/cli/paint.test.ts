import { expect, test } from 'vitest'
import { colourPaint, plainPaint, wantsColour } from './paint.ts'

test.each([
  ['a terminal is coloured', true, {}, true, true],
  ['a pipe is not', false, {}, true, false],
  ['NO_COLOR is honoured', true, { NO_COLOR: '1' }, true, false],
  ['an empty NO_COLOR is none', true, { NO_COLOR: '' }, true, true],
  ['FORCE_COLOR colours a pipe', false, { FORCE_COLOR: '1' }, true, true],
  ['FORCE_COLOR=0 takes colours away', true, { FORCE_COLOR: '0' }, true, false],
  ['FORCE_COLOR wins over NO_COLOR', false, { FORCE_COLOR: '1', NO_COLOR: '1' }, true, true],
  ['a dumb terminal is not coloured', true, { TERM: 'dumb' }, true, false],
  ['--no-color wins over all', true, { FORCE_COLOR: '1' }, false, false],
])('%s', (_name, isTerminal, variables, flag, wanted) => {
  expect(wantsColour(isTerminal, variables, flag)).toBe(wanted)
})

test('colours end where their text ends, and plain paint adds nothing', () => {
  expect(colourPaint('bad', 'x')).toBe('\x1b[31mx\x1b[39m')
  expect(plainPaint('bad', 'x')).toBe('x')
})
