import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { type ExecResult, highestCode, scriptOf } from './exec.ts'
import { plainPaint } from './paint.ts'
import { prefixed, renderCodes } from './render-exec.ts'

const output = (argv: readonly string[]) =>
  execFileSync('sh', ['-c', scriptOf(argv, undefined).shell], { encoding: 'utf8' })

test('several words reach the program as they are', () => {
  expect(output(['printf', '[%s]', "a 'b' $c `d`", '', '-x\ny'])).toBe("[a 'b' $c `d`][][-x\ny]")
})

test('one word is a line of shell', () => {
  expect(output(['echo a b | tr a-z A-Z; pwd'])).toBe('A B\n/\n')
})

test('another user is changed to without a shell in between', () => {
  expect(scriptOf(['id', '-u'], 'www-data').shell).toBe('cd / && exec runuser -u www-data -- id -u')
})

const result = (host: string, code: number | null): ExecResult => ({ host, code, stdout: '', stderr: '' })

test('the highest code counts, and an unreachable host is 3', () => {
  expect(highestCode([result('a', 0), result('b', 7), result('c', 2)])).toBe(7)
  expect(highestCode([result('a', 9), result('b', null)])).toBe(3)
})

test('lines carry their host, and the table each code', () => {
  expect(prefixed('web1', 'one\n\ntwo', plainPaint)).toBe('web1  one\nweb1  \nweb1  two\n')
  expect(prefixed('web1', '', plainPaint)).toBe('')
  const lost = { ...result('db', null), detail: 'no answer' }
  expect(renderCodes([result('web1', 7), lost], plainPaint)).toBe(
    'HOST  CODE\nweb1  7\ndb    unreachable  no answer\n',
  )
})
