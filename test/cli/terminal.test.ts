import { stripVTControlCharacters } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Copse } from './copse.ts'
import { Lonely } from './lonely.ts'

const copse = new Copse()
const lonely = new Lonely(copse.directory)
const slow = { timeout: 30_000 }

beforeAll(() => lonely.start())

afterAll(() => {
  lonely[Symbol.dispose]()
  copse[Symbol.dispose]()
})

/** On a terminal of its own, where somebody types `answer` once a question is asked. */
const onTerminal = (args: readonly string[], answer = '') =>
  copse.runOnTerminal(['-C', lonely.directory, ...args], { question: 'to go on: ', answer })

test('a terminal shows who is worked on, and keeps only the result', slow, async () => {
  const { code, stdout } = await onTerminal(['plan', 'closed'])
  expect(stdout).toMatch(/ {2}web1 {2}[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] observing/)
  expect(stripVTControlCharacters(stdout.split('\x1b[?2026l').at(-1) ?? '')).toMatch(/^ {2}web1 {3}✗ /)
  expect(code).toBe(1)
})

test('a protected environment goes on once its name is typed', slow, async () => {
  const { code, stdout } = await onTerminal(['up', 'guarded'], 'guarded')
  expect(stdout).toContain('guarded is protected. Type guarded to go on: ')
  expect(stdout).toContain('Not done')
  expect(code).toBe(1)
})

test('a protected environment is refused when something else is typed', slow, async () => {
  const { code, stdout } = await onTerminal(['up', 'guarded'], 'yes')
  expect(stdout).toContain('not confirmed; nothing was changed')
  expect(code).toBe(5)
})

test('Ctrl-C at the question ends it with nothing changed', slow, async () => {
  const { code, stdout } = await onTerminal(['destroy', 'guarded'], '\x03')
  expect(stdout).toContain('copse:')
  expect(stdout).toContain('interrupted; nothing was changed')
  expect(code).toBe(130)
})
