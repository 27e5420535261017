/** Makes leaf certificates, each with a key that nobody keeps but the host that it goes to. */
import { createPrivateKey, KeyObject } from 'node:crypto'
import { sha256 } from '../../lib/digest.ts'
import { CopseError } from '../../lib/errors.ts'
import { parseAddress } from '../../lib/ipv4.ts'
import type { Leaf, LeafRequest } from '../../model/certificate.ts'
import type { Authority } from '../secrets/open.ts'
import { bridgesIn, presentOf } from './succession.ts'
import { algorithm, loadX509, makeKeys, serialNumber } from './x509.ts'

const hour = 3600 * 1000

/** Throws `refused` where the authority is not the one that was planned with. */
export async function issue(authority: Authority | undefined, request: LeafRequest): Promise<Leaf> {
  if (!authority || request.authority !== sha256(authority.certificate))
    throw new CopseError('refused', 'the certificate authority is another than when the plan was made', {
      hint: 'plan again',
    })
  const x509 = await loadX509()
  const signingKey = createPrivateKey(authority.key.reveal()).toCryptoKey(algorithm, false, ['sign'])
  const issuer = new x509.X509Certificate(presentOf(authority.certificate))
  const keys = await makeKeys()
  const { clientAuth, serverAuth } = x509.ExtendedKeyUsage
  const names = request.names.map((value) => ({ type: typeOf(value), value }))
  const leaf = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: [{ CN: [request.commonName] }],
    issuer: issuer.subjectName,
    ...life(request.days, issuer.notAfter),
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension(request.client ? [serverAuth, clientAuth] : [serverAuth]),
      new x509.SubjectAlternativeNameExtension(names),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  })
  const key = String(KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }))
  const crt = `${leaf.toString('pem')}\n${bridgesIn(authority.certificate)}`
  return { key, crt, pem: crt + key, ca: authority.certificate }
}

function typeOf(name: string): 'ip' | 'dns' {
  return parseAddress(name) === undefined ? 'dns' : 'ip'
}

/** Clocks of hosts may be a little behind; no leaf outlives its authority. */
function life(days: number, end: Date): { readonly notBefore: Date; readonly notAfter: Date } {
  const now = Math.floor(Date.now() / 1000) * 1000
  const wanted = now + days * 24 * hour
  return { notBefore: new Date(now - hour), notAfter: new Date(Math.min(wanted, end.getTime())) }
}
