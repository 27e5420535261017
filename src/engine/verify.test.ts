import { expect, test } from 'vitest'
import { parseAnswers } from './verify.ts'

test('each probe has its own code, time and output', () => {
  const answers = parseAnswers('@@b\t00000\t0\t12\nhello\nworld\n\n@@b\t00001\t7\t3004\n\n', '@@b')
  expect(answers.get('00000')).toEqual({ code: 0, ms: 12, output: 'hello\nworld\n' })
  expect(answers.get('00001')).toEqual({ code: 7, ms: 3004, output: '' })
})
