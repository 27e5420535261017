import { expect, test } from 'vitest'
import { judged } from '../../test/fixture/judge.ts'
import { dnsKind, dnsProbe } from './dns.ts'

const server = { name: 'dns', address: '10.61.0.21' }

function reply(status: string, flags: string, ...records: readonly string[]): string {
  return replyTo('web.office.internal.', 'A', { status, flags, records })
}

interface Reply {
  readonly status: string
  readonly flags: string
  readonly records: readonly string[]
}

function replyTo(question: string, type: string, { status, flags, records }: Reply): string {
  return `;; Got answer:
;; ->>HEADER<<- opcode: QUERY, status: ${status}, id: 53464
;; flags: ${flags}; QUERY: 1, ANSWER: ${records.length}, AUTHORITY: 0, ADDITIONAL: 1

;; OPT PSEUDOSECTION:
; EDNS: version: 0, flags:; udp: 1232
;; QUESTION SECTION:
;${question}	IN	${type}

;; ANSWER SECTION:
${records.join('\n')}
`
}

const web = 'web.office.internal.\t60\tIN\tA\t'
const own = reply('NOERROR', 'qr aa rd ra', `${web}10.61.0.25`, `${web}10.61.0.24`)
const cached = reply('NOERROR', 'qr rd ra', `${web}10.61.0.24`)
const both = ['10.61.0.24', '10.61.0.25']
const silence = `;; communications error to 10.61.0.21#53: timed out
;; communications error to 10.61.0.21#53: timed out
;; no servers could be reached
`

test.each([
  ['all values in any order', { want: both }, 0, own, true, '10.61.0.24 10.61.0.25, authoritative'],
  ['one value of two', { want: both }, 0, cached, false, '10.61.0.24, wanted 10.61.0.24 10.61.0.25'],
  [
    'no record',
    { want: both },
    0,
    reply('NOERROR', 'qr aa'),
    false,
    'no record, wanted 10.61.0.24 10.61.0.25',
  ],
  ['an authoritative reply', { authoritative: true }, 0, own, true, '10.61.0.24 10.61.0.25, authoritative'],
  [
    'a second-hand reply',
    { authoritative: true },
    0,
    cached,
    false,
    '10.61.0.24, wanted an authoritative answer',
  ],
  ['a wanted refusal', { status: 'REFUSED' as const }, 0, reply('REFUSED', 'qr rd'), true, 'REFUSED'],
  ['an unknown name', {}, 0, reply('NXDOMAIN', 'qr aa rd ra'), false, 'NXDOMAIN, wanted NOERROR'],
  ['silence', {}, 9, silence, false, 'timed out'],
  ['no dig', {}, 127, 'sh: 1: dig: not found', undefined, 'not asked: sh: 1: dig: not found'],
])('%s is read so', (_what, wanted, code, output, answers, detail) => {
  const { spec } = dnsProbe(server, { name: 'web.office.internal', ...wanted })
  expect(judged(dnsKind, spec, { code, output })).toEqual({ answers, detail })
})

test('a PTR is asked for by address and compared without its trailing dot', () => {
  const { spec, name } = dnsProbe(server, {
    name: '10.61.0.24',
    type: 'PTR',
    want: ['devweb1.office.internal'],
  })
  expect(name).toBe('dns 10.61.0.24')
  expect(dnsKind.script(spec).shell).toMatch(/ @10\.61\.0\.21 -q 24\.0\.61\.10\.in-addr\.arpa -t PTR$/)
  const records = ['24.0.61.10.in-addr.arpa. 60 IN PTR devweb1.office.internal.']
  const output = replyTo('24.0.61.10.in-addr.arpa.', 'PTR', { status: 'NOERROR', flags: 'qr aa', records })
  expect(judged(dnsKind, spec, { code: 0, output })).toMatchObject({ answers: true })
})

test('names asked together are told apart by their questions, and a silent server is asked once', () => {
  const names = ['web.office.internal', 'Db.office.internal', 'lost.office.internal']
  const specs = names.map((name) => dnsProbe(server, { name, authoritative: true }).spec)
  const [first, ...others] = specs
  expect(dnsKind.script(first, ...others).shell).toMatch(
    /@10\.61\.0\.21 -q web\.office\.internal -t A && dig .* -q Db\.office\.internal -t A -q lost\.office\.internal -t A$/,
  )
  const records = ['db.office.internal. 60 IN A 10.61.0.26']
  const output = replyTo('db.office.internal.', 'A', { status: 'NOERROR', flags: 'qr aa', records }) + own
  const read = specs.map((spec) => judged(dnsKind, spec, { code: 9, output: output + silence }).detail)
  expect(read).toEqual(['10.61.0.24 10.61.0.25, authoritative', '10.61.0.26, authoritative', 'timed out'])
})
