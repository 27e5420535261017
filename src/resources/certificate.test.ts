import { beforeAll, describe, expect, test } from 'vitest'
import { certify, makeAuthorityKey } from '../engine/tls/authority.ts'
import { issue } from '../engine/tls/issue.ts'
import { sha256 } from '../lib/digest.ts'
import { type CertificateOptions, certificate, certificateKind, withAuthority } from './certificate.ts'
import type { Found, Payload } from './kind.ts'
import { unit, unitKind, unitsRestartedBy } from './unit.ts'

const host = { name: 'web1', machine: 'devweb1', fqdn: 'devweb1.office.internal', address: '10.61.0.24' }
const day = 24 * 3600 * 1000
const dev = { ecosystem: 'office', name: 'dev' }

type Options = Omit<CertificateOptions, 'host'>
const wish = (options: Options = {}) => certificate('web', { host, ...options })

let authority: string
let other: string
let found: Found
const bound = (options: Options = {}, signer: string | undefined = authority) =>
  certificateKind.bind(withAuthority(wish(options), signer))
const diff = (seen: Found | undefined, options: Options = {}, days = 0) =>
  bound(options).diff(seen, { changing: new Set(), digestOf: () => undefined, now: Date.now() + days * day })

beforeAll(async () => {
  const key = await makeAuthorityKey()
  authority = await certify(key, dev)
  other = await certify(await makeAuthorityKey(), dev)
  const { payloads = {} } = bound().apply({ action: 'create', why: [] }, undefined)
  const { crt: payload } = payloads
  if (!payload || !('leaf' in payload)) throw new TypeError('there is no leaf')
  const { crt, ca } = await issue({ key, certificate: authority }, payload.leaf)
  found = { layout: 'ok', owner: 'root', group: 'root', mode: '0600', crt, ca, fits: 'yes', pem: 'yes' }
})

describe('what differs', () => {
  test('nothing, as long as two thirds of its life are not over', () => {
    expect(diff(found)).toBeUndefined()
    expect(diff(found, {}, 19)).toBeUndefined()
  })

  test.each<[string, Found, Options, number, string]>([
    ['that it expires soon', {}, {}, 25, 'expires in 4 days'],
    ['that it has expired', {}, {}, 31, 'expired'],
    ['a key of another', { fits: 'no' }, {}, 0, 'the key does not fit'],
    ['the file with both', { pem: 'no' }, {}, 0, '/etc/copse/tls/web.pem is another'],
    ['a link that leads elsewhere', { layout: 'web.key' }, {}, 0, 'web.key is not what copse put there'],
    ['the authority beside it', { ca: 'x' }, {}, 0, 'ca.crt is not the authority'],
    ['rubbish', { crt: 'x' }, {}, 0, 'is no certificate'],
    ['how long it is valid', {}, { days: 90 }, 0, 'valid for 30 days, wanted 90'],
    ['what it may be used for', {}, { client: false }, 0, 'for clients too'],
    [
      'another name',
      {},
      { names: ['www.office.internal'] },
      0,
      'for 10.61.0.24 devweb1 devweb1.office.internal web1, wanted 10.61.0.24 devweb1 devweb1.office.internal web1 www.office.internal',
    ],
  ])('%s', (_what, seen, options, days, why) => {
    const change = diff({ ...found, ...seen }, options, days)
    expect(change).toEqual({ action: 'update', why: [why] })
  })

  test('another authority, and one that is still to be made', () => {
    const around = { changing: new Set<string>(), digestOf: () => undefined, now: Date.now() }
    expect(bound({}, other).diff({ ...found, ca: other }, around)?.why).toEqual([
      'issued by another authority',
    ])
    expect(diff({ ...found, ca: authority + other })?.why).toEqual(['ca.crt holds a former authority too'])
    const unknown = certificateKind.bind(wish())
    expect(unknown.diff(found, around)?.why).toContain('the authority is still to be made')
    expect(unknown.diff(undefined, around)).toEqual({ action: 'create', why: [] })
  })

  test('ownership alone is mended without another certificate', () => {
    const change = diff(found, { group: 'www-data' })
    expect(change).toEqual({
      action: 'update',
      why: ['group root, wanted www-data', 'mode 0600, wanted 0640'],
      memo: { verb: 'grant' },
    })
    const step = change && bound({ group: 'www-data' }).apply(change, found)
    expect(step?.payloads).toBeUndefined()
    expect(step?.script.shell).toContain('chown root:www-data /proc/self/fd/3')
  })
})

test('a plan holds what the certificate is to say, and neither it nor its key', () => {
  const { payloads = {} } = bound().apply({ action: 'create', why: [] }, undefined)
  const leaf = {
    commonName: host.fqdn,
    names: ['10.61.0.24', 'devweb1', 'devweb1.office.internal', 'web1'],
    days: 30,
    client: true,
    authority: sha256(authority),
  }
  const part = (name: string): Payload => Object.assign({ leaf }, { part: name as never })
  const { place, ...parts } = payloads
  expect(parts).toEqual(Object.fromEntries(['key', 'crt', 'pem', 'ca'].map((name) => [name, part(name)])))
  expect(place).toHaveProperty('text')
  expect(JSON.stringify(payloads)).not.toContain('BEGIN')
})

test('it is no part of an image, and is known to units by the paths of its files', () => {
  expect(bound().imageNeeds).toBeUndefined()
  expect(bound().id).toBe('certificate /etc/copse/tls/web.crt')
  for (const input of ['/etc/copse/tls/web.crt', '/etc/copse/tls/web.pem', wish()]) {
    const units = unit('nginx', { reloadOn: [input] }).flatMap((one) =>
      'kind' in one ? unitKind.bind(one) : [],
    )
    expect(unitsRestartedBy(units, bound().id)).toEqual(['nginx.service'])
    expect(unitsRestartedBy(units, 'certificate /etc/copse/tls/mail.crt')).toEqual([])
  }
})

test.each([
  ['the name of the authority', 'ca', {}, /must not be ca/],
  ['a name with a slash', 'a/b', {}, /lower-case letters/],
  ['a name of two lines', 'web', { names: ['a\nb'] }, /DNS name in lower case or an IPv4 address/],
  ['a name that would be an option', 'web', { names: ['-x'] }, /DNS name/],
  ['a name with a comma', 'web', { names: ['a, DNS:b'] }, /DNS name/],
  ['no days', 'web', { days: 0 }, /days/],
])('%s is refused', (_what, name, options, message) => {
  expect(() => Reflect.apply(certificate, undefined, [name, { host, ...options }])).toThrow(message)
})

test('a full name that is too long for a common name gives way to the short one', () => {
  const long = { ...host, fqdn: `devweb1.${'a'.repeat(60)}.internal` }
  expect(certificate('web', { host: long }).spec).toMatchObject({ commonName: 'devweb1' })
})
