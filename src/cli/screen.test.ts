import { expect, test } from 'vitest'
import { makeScreen, type ScreenFlags, type Surroundings } from './screen.ts'

const flags: ScreenFlags = { json: false, quiet: false, color: true, input: true }

function surroundings(isTTY: boolean, env: Surroundings['env'] = {}) {
  const written: string[] = []
  const stream = (name: string) => ({ isTTY, write: (text: string) => written.push(`${name} ${text}`) })
  return { process: { stdin: { isTTY }, stdout: stream('out'), stderr: stream('err'), env }, written }
}

test('data goes to stdout, remarks to stderr', () => {
  const { process, written } = surroundings(false)
  const screen = makeScreen(process, flags)
  screen.print('data')
  screen.note('remark')
  expect(written).toEqual(['out data', 'err remark'])
})

test('quiet drops remarks and keeps data', () => {
  const { process, written } = surroundings(true)
  const screen = makeScreen(process, { ...flags, quiet: true })
  screen.print('data')
  screen.note('remark')
  expect(written).toEqual(['out data'])
  expect(screen.isLive).toBe(false)
})

test.each([
  ['a terminal is live and can answer', true, {}, {}, [true, true]],
  ['a pipe is neither', false, {}, {}, [false, false]],
  ['CI is neither', true, { CI: 'true' }, {}, [false, false]],
  ['a CI that is off is a terminal', true, { CI: 'false' }, {}, [true, true]],
  ['a dumb terminal is neither', true, { TERM: 'dumb' }, {}, [false, false]],
  ['--no-input never asks', true, {}, { input: false }, [true, false]],
  ['--json never asks', true, {}, { json: true }, [true, false]],
])('%s', (_name, isTTY, env, more, wanted) => {
  const screen = makeScreen(surroundings(isTTY, env).process, { ...flags, ...more })
  expect([screen.isLive, screen.canAsk]).toEqual(wanted)
})
