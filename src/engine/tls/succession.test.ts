import { X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { certify, isCertificateOf, makeAuthorityKey } from './authority.ts'
import { bridgesIn, presentOf, succeed } from './succession.ts'

const environment = { ecosystem: 'office', name: 'dev' }
const authority = async () => {
  const key = await makeAuthorityKey()
  return { key, certificate: await certify(key, environment) }
}

test('the new authority comes first, is vouched for by the former one, and both are trusted', async () => {
  const [former, next] = [await authority(), await makeAuthorityKey()]
  const both = await succeed(former, next, environment)
  expect(both.match(/BEGIN/g)).toHaveLength(3)
  expect(both.endsWith(former.certificate)).toBe(true)
  expect(isCertificateOf(next, both, Date.now())).toBe(true)
  expect(isCertificateOf(former.key, both, Date.now())).toBe(false)
  const [present, bridge] = [presentOf(both), bridgesIn(both)].map((text) => new X509Certificate(text))
  const root = new X509Certificate(former.certificate)
  expect(bridge?.checkIssued(root) && bridge.verify(root.publicKey)).toBe(true)
  expect(bridge?.publicKey.equals(present?.publicKey ?? root.publicKey)).toBe(true)
  expect(bridgesIn(presentOf(both))).toBe('')
})

test('one that is replaced before all hosts trust it is a bridge to the first', async () => {
  const first = await authority()
  const second = await makeAuthorityKey()
  const certificate = await succeed(first, second, environment)
  const third = await succeed({ key: second, certificate }, await makeAuthorityKey(), environment)
  expect(third.match(/BEGIN/g)).toHaveLength(5)
  expect(bridgesIn(third).match(/BEGIN/g)).toHaveLength(2)
  expect(bridgesIn(presentOf(third))).toBe('')
})
