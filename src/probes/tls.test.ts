import { describe, expect, test } from 'vitest'
import { judged } from '../../test/fixture/judge.ts'
import { officeHost } from '../../test/fixture/office.ts'
import { tlsKind, tlsProbe } from './tls.ts'

const host = officeHost('web1')
const probe = tlsProbe(host, 443)
const read = (code: number, output: string) => judged(tlsKind, probe.spec, { code, output })

/** The line of s_client about a certificate that is valid for so many seconds. */
function until(seconds: number): string {
  const date = new Date(Date.now() + seconds * 1000).toUTCString()
  const [, day = '', month, year, time] = /^\w+, 0?(\d+) (\w+) (\d+) (\S+) GMT$/.exec(date) ?? []
  return `   v:NotBefore: Jan  1 00:00:00 2026 GMT; NotAfter: ${month} ${day.padStart(2)} ${time} ${year} GMT\n`
}

test('a host asks itself, by its full name, unless told otherwise', () => {
  expect(probe).toMatchObject({ name: 'tls devweb1.office.internal:443', from: { host: 'web1' }, to: 'web1' })
  expect(tlsProbe(host, 25, { from: { host: 'lb' }, name: 'mail', starttls: 'smtp' })).toMatchObject({
    name: 'tls mail:25',
    from: { host: 'lb' },
    spec: { address: '10.61.0.24', name: 'mail', starttls: 'smtp', days: 7 },
  })
})

test('a name and an address are verified as what they are', () => {
  expect(tlsKind.script(probe.spec).shell).toContain(
    '-servername devweb1.office.internal -verify_hostname devweb1.office.internal',
  )
  expect(tlsKind.script(tlsProbe(host, 443, { name: '10.61.0.24' }).spec).shell).toContain(
    '-verify_ip 10.61.0.24',
  )
})

describe('a certificate that another authority is to issue', () => {
  const issued = { issuers: '/var/lib/x/issuers.pem', said: '/var/lib/x/said' }
  const other = tlsProbe(host, 443, { name: 'www.office.example', issued })
  const seen = (code: number, output: string) => judged(tlsKind, other.spec, { code, output })

  test('is verified by what came along with it', () => {
    const { shell } = tlsKind.script(other.spec)
    expect(shell).toContain('-CAfile /var/lib/x/issuers.pem -partial_chain')
    expect(shell).not.toContain('/etc/copse')
  })

  test('is red with why it could not be had, and green whatever was said', () => {
    const said = 'said: connect: connection refused\n'
    expect(seen(1, `${said}nothing was issued yet\n`)).toEqual({
      answers: false,
      detail: 'nothing was issued yet; connect: connection refused',
    })
    expect(seen(1, 'nothing was issued yet\n').detail).toBe('nothing was issued yet')
    expect(seen(0, `${said}${until(302_400)}`).detail).toBe(
      'www.office.example, valid for 3.5 days, wanted more than 7; connect: connection refused',
    )
    expect(seen(0, `${said}${until(2_591_000)}`)).toEqual({
      answers: true,
      detail: 'www.office.example, valid for 29 days',
    })
  })
})

describe('what was seen', () => {
  test.each([
    [
      'a certificate that is valid for long',
      0,
      until(2_591_000),
      true,
      'devweb1.office.internal, valid for 29 days',
    ],
    [
      'one that ends soon',
      0,
      until(302_400),
      false,
      'devweb1.office.internal, valid for 3.5 days, wanted more than 7',
    ],
    [
      'one of another name',
      1,
      'verify error:num=62:hostname mismatch',
      false,
      'does not verify: hostname mismatch',
    ],
    [
      'one of another authority',
      1,
      'verify error:num=20:unable to get local issuer certificate\n40B7:error:0A000086:SSL routines',
      false,
      'does not verify: unable to get local issuer certificate',
    ],
    ['nobody', 1, 'connect:errno=111', false, 'connect: errno=111'],
    ['silence', 124, '', false, 'no answer within 4 s'],
    [
      'a host that knows no authority',
      127,
      'there is no /etc/copse/tls/ca.crt here',
      undefined,
      'not asked: there is no /etc/copse/tls/ca.crt here',
    ],
  ])('%s', (_what, code, output, answers, detail) => {
    expect(read(code, output)).toEqual({ answers, detail })
  })
})
