import { expect, test } from 'vitest'
import { judged } from '../../test/fixture/judge.ts'
import { ciKind, ciProbe } from './ci.ts'

const probe = ciProbe({ name: 'ci', address: '10.61.0.23' }, 'hello')

test.each([
  [
    'a green build',
    0,
    '{"number":7,"result":"success","seconds":1.2}\n',
    true,
    'build 7: success after 1.2 s',
  ],
  [
    'a red one',
    1,
    '{"number":8,"result":"failure","seconds":3,"step":"tests","line":"2 of 9 failed"}\n',
    false,
    'build 8: failure after 3 s, step tests: 2 of 9 failed',
  ],
  [
    'one that was cancelled before it began',
    1,
    '{"number":null,"result":"cancelled","seconds":0}\n',
    false,
    'build none: cancelled after 0 s',
  ],
  ['a server that is away', 2, 'the CI server answers 502\n', false, 'the CI server answers 502'],
  ['a script that was ended', 124, '', false, 'did not end within 60 s'],
  [
    'a missing program',
    127,
    'sh: exec: ci-run: not found\n',
    undefined,
    'not asked: sh: exec: ci-run: not found',
  ],
])('%s is read so', (_what, code, output, answers, detail) => {
  expect(judged(ciKind, probe.spec, { code, output })).toEqual({ answers, detail })
})

test('it is asked on the host itself and given its time', () => {
  expect(ciKind.script(probe.spec).shell).toBe('exec ci-run hello 50')
  expect(ciKind.seconds).toBeGreaterThan(50)
  expect(probe).toMatchObject({ name: 'ci ci hello', from: { host: 'ci' }, to: 'ci', isFast: false })
})

test('what is no name of a job is refused', () => {
  expect(() => ciProbe({ name: 'ci', address: '10.61.0.23' }, '-x; rm')).toThrow('must be the name of a job')
})
