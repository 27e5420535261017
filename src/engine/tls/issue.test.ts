import { createPrivateKey, X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { sha256 } from '../../lib/digest.ts'
import { Secret } from '../../lib/secret.ts'
import type { LeafRequest } from '../../model/certificate.ts'
import { certify, isCertificateOf, makeAuthorityKey } from './authority.ts'
import { issue } from './issue.ts'

const day = 24 * 3600 * 1000
const key = await makeAuthorityKey()
const certificate = await certify(key, { ecosystem: 'office', name: 'dev' })
const request: LeafRequest = {
  commonName: 'devweb1.office.internal',
  names: ['10.61.0.24', 'devweb1', 'devweb1.office.internal'],
  days: 30,
  client: true,
  authority: sha256(certificate),
}

test('the authority signs itself, for ten years, and may sign nothing that signs', () => {
  const found = new X509Certificate(certificate)
  expect(found.subject).toBe('CN=copse office dev CA')
  expect(found.ca && found.verify(found.publicKey)).toBe(true)
  expect(Math.round((Date.parse(found.validTo) - Date.now()) / day)).toBe(3650)
  expect(found.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' })
})

test('a certificate belongs to its key as long as it is valid for another year', async () => {
  expect(isCertificateOf(key, certificate, Date.now())).toBe(true)
  expect(isCertificateOf(key, certificate, Date.now() + 3300 * day)).toBe(false)
  expect(isCertificateOf(await makeAuthorityKey(), certificate, Date.now())).toBe(false)
  expect(isCertificateOf(key, 'rubbish', Date.now())).toBe(false)
  expect(isCertificateOf(key, undefined, Date.now())).toBe(false)
})

test('what is no key cannot sign', async () => {
  const environment = { ecosystem: 'office', name: 'dev' }
  await expect(certify(new Secret('hunter22'), environment)).rejects.toMatchObject({
    message: expect.not.stringContaining('hunter22'),
    hint: 'copse secrets dev set ca-key --generate',
  })
})

test('a leaf says what was asked, is signed by the authority, and fits its key', async () => {
  const { key: ownKey, crt, pem, ca } = await issue({ key, certificate }, request)
  const found = new X509Certificate(crt)
  const authority = new X509Certificate(ca)
  expect(found.checkIssued(authority) && found.verify(authority.publicKey)).toBe(true)
  expect(found.checkPrivateKey(createPrivateKey(ownKey))).toBe(true)
  expect(found.subject).toBe('CN=devweb1.office.internal')
  expect(found.checkHost('devweb1.office.internal')).toBeDefined()
  expect(found.checkIP('10.61.0.24')).toBeDefined()
  expect(found.checkHost('web2')).toBeUndefined()
  expect(found.ca).toBe(false)
  expect(found.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'])
  expect(Date.parse(found.validTo) - Date.now()).toBeGreaterThan(29.9 * day)
  expect(Date.parse(found.validFrom)).toBeLessThan(Date.now())
  expect(pem).toBe(crt + ownKey)
})

test('no two leaves share a key or a number', async () => {
  const made = await Promise.all([1, 2, 3].map(() => issue({ key, certificate }, request)))
  expect(new Set(made.map((leaf) => leaf.key)).size).toBe(3)
  expect(new Set(made.map(({ crt }) => new X509Certificate(crt).serialNumber)).size).toBe(3)
})

test('another authority than the one that was planned with is refused', async () => {
  const planned = { ...request, authority: sha256('another') }
  await expect(issue({ key, certificate }, planned)).rejects.toMatchObject({ code: 'refused' })
  await expect(issue(undefined, request)).rejects.toMatchObject({ code: 'refused' })
})
