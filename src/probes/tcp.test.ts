import { expect, test } from 'vitest'
import { judged } from '../../test/fixture/judge.ts'
import { tcpKind, tcpProbe } from './tcp.ts'

const host = { name: 'lb', address: '10.61.0.20' }
const probe = tcpProbe(host, 80)

test.each([
  ['an open port', 0, '10.61.0.20:80 open\n10.61.0.20:22 silent\n', true, 'open'],
  ['a refused one', 0, '10.61.0.20:80 Connection refused\n', false, 'Connection refused'],
  ['a silent one', 0, '10.61.0.20:22 open\n10.61.0.20:80 silent\n', false, 'silent'],
  ['one that was not tried', 1, 'socket: Too many open files\n', undefined, 'socket: Too many open files'],
  ['a question that needs perl', 127, 'perl: not found\n', undefined, 'not asked: perl: not found'],
])('%s is read so', (_what, code, output, answers, detail) => {
  expect(judged(tcpKind, probe.spec, { code, output })).toEqual({ answers, detail })
})

test('all that one vantage point asks are arguments of one script, not part of its text', () => {
  const other = tcpProbe({ name: 'web1', address: '10.61.0.24' }, 8080)
  expect(tcpKind.together?.(probe.spec)).toBe(tcpKind.together?.(other.spec))
  expect(tcpKind.script(probe.spec, other.spec).shell).toMatch(/ 10\.61\.0\.20:80 10\.61\.0\.24:8080$/)
})

test('it is named after host and port, and asked by the operator unless told otherwise', () => {
  expect(probe).toMatchObject({ name: 'tcp lb:80', from: 'operator', expect: 'answers' })
  expect(tcpProbe(host, 22, { from: { host: 'web1' }, expect: 'closed' })).toMatchObject({
    from: { host: 'web1' },
    expect: 'closed',
  })
})

test('a port that is none is refused', () => {
  expect(() => tcpProbe(host, 65_536)).toThrow()
})
