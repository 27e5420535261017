import { expect, test } from 'vitest'
import { command, commandKind } from './command.ts'

const around = { changing: new Set<string>(), digestOf: () => undefined }

test('a command is needed until its guard says that it is done', () => {
  const bound = commandKind.bind(command('make it', { unless: 'test -e /it' }))
  expect(bound.diff(undefined, around)).toEqual({ action: 'update', why: ['not so: test -e /it'] })
  expect(bound.diff({ done: 'yes' }, around)).toBeUndefined()
})

test('it runs as it was written, in a shell that stops at the first failure', () => {
  const run = `printf '%s' "it's"\n`
  const bound = commandKind.bind(command(run, { creates: '/it' }))
  const step = bound.apply({ action: 'update', why: [] }, undefined)
  expect(step).toEqual({ script: { shell: 'exec sh -eu ./run' }, payloads: { run: { text: `${run}\n` } } })
})

test('the guards travel in one line, whatever is in them', () => {
  const unless = "grep -q 'a\tb' /x\n# %25"
  const { hint } = commandKind.bind(command('x', { unless, creates: '/a b' }))
  const [first = '', second = '', third = ''] = hint.split(' ')
  expect([first, second, third].map((word) => Buffer.from(word, 'hex').toString())).toEqual([
    unless,
    '',
    '/a b',
  ])
  expect(second).toBe('')
})

test('a command is its own name, shortened where it would not fit a line', () => {
  expect(command('ls /', { creates: '/x' }).key).toBe('ls /')
  expect(command('cd /\n  ls', { creates: '/x' }).key).toMatch(/^cd \/ ls [0-9a-f]{8}$/)
  expect(command('ls', { name: 'list', creates: '/x' }).key).toBe('list')
})

test('two long commands that begin alike have two names', () => {
  const [one, two] = ['a', 'b'].map((end) => command(`echo ${'x'.repeat(70)} ${end}`, { creates: '/x' }).key)
  expect(one).not.toBe(two)
})

test('a command without a guard is refused', () => {
  expect(() => command('ls', {})).toThrow('needs a guard')
})

test('a command whose guard is content still runs when what it works with changes', () => {
  const bound = commandKind.bind(command('load it', { unless: 'true', runOn: ['/etc/x.conf'] }))
  const changing = new Set(['file /etc/x.conf'])
  expect(bound.diff({ done: 'yes' }, { ...around, changing })).toEqual({
    action: 'update',
    why: ['x.conf changes'],
  })
  expect(bound.diff({ done: 'yes' }, around)).toBeUndefined()
})
