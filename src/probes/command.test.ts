import { expect, test } from 'vitest'
import { judged } from '../../test/fixture/judge.ts'
import { commandKind, commandProbe } from './command.ts'

const host = { name: 'db', address: '10.61.0.26' }
const { spec } = commandProbe(host, 'redis-cli ping', { prints: 'PONG' })

test.each([
  ['PONG', 0, 'PONG\n', true, 'PONG'],
  ['other words', 0, 'LOADING\n', false, 'LOADING, wanted "PONG"'],
  ['a failure', 1, 'PONG\nno connection\n', false, 'exit 1: no connection, wanted "PONG"'],
  ['a hanging command', 124, '', false, 'did not end within 5 s'],
  [
    'a missing command',
    127,
    'sh: 1: redis-cli: not found\n',
    undefined,
    'not asked: sh: 1: redis-cli: not found',
  ],
])('%s is read so', (_what, code, output, answers, detail) => {
  expect(judged(commandKind, spec, { code, output })).toEqual({ answers, detail })
})

test('the command is one quoted word of its script and is asked on the host itself', () => {
  const probe = commandProbe(host, `echo "it's" $(id)`)
  expect(commandKind.script(probe.spec).shell).toBe(`timeout 5 sh -c 'echo "it'\\''s" $(id)'`)
  expect(probe).toMatchObject({
    name: `command echo "it's" $(id)`,
    from: { host: 'db' },
    to: 'db',
    isFast: false,
  })
})

test('a command of two lines is refused', () => {
  expect(() => commandProbe(host, 'true\nfalse')).toThrow('line break')
})
