import { expect, test } from 'vitest'
import { tcpKind, tcpProbe } from './tcp.ts'

const host = { name: 'lb', address: '10.61.0.20' }
const probe = tcpProbe(host, 80)

test.each([
  ['an open port', 0, '', true, 'open'],
  ['a refused one', 111, 'IO::Socket::INET: connect: Connection refused\n', false, 'Connection refused'],
  ['a silent one', 110, 'IO::Socket::INET: connect: timeout\n', false, 'timeout'],
  ['a question that needs perl', 127, 'perl: not found\n', undefined, 'not asked: perl: not found'],
])('%s is read so', (_what, code, output, answers, detail) => {
  expect(tcpKind.read(probe.spec, { code, output })).toEqual({ answers, detail })
})

test('address and port are arguments of the script, not part of its text', () => {
  expect(tcpKind.script(probe.spec).shell).toMatch(/ 10\.61\.0\.20 80$/)
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
