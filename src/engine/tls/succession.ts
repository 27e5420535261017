/**
 * One authority takes over from another: what hosts are given meanwhile, so that those that trust both and those that still
 * trust the former alone verify each other.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { Secret } from '../../lib/secret.ts'
import type { Environment } from '../../model/environment.ts'
import type { Authority } from '../secrets/open.ts'
import { authorityExtensions, certify } from './authority.ts'
import { algorithm, loadX509, serialNumber } from './x509.ts'

/** The new authority's certificate, the same signed by the former one (a bridge), and what hosts have trusted so far. */
export async function succeed(
  former: Authority,
  key: Secret,
  environment: Pick<Environment, 'ecosystem' | 'name'>,
): Promise<string> {
  const own = await certify(key, environment)
  return `${own}${await bridge(former, own)}${former.certificate}`
}

async function bridge(former: Authority, own: string): Promise<string> {
  const x509 = await loadX509()
  const issuer = new x509.X509Certificate(presentOf(former.certificate))
  const subject = new x509.X509Certificate(own)
  const publicKey = await subject.publicKey.export()
  const made = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: subject.subjectName,
    issuer: issuer.subjectName,
    notBefore: subject.notBefore,
    notAfter: issuer.notAfter,
    publicKey,
    signingKey: createPrivateKey(former.key.reveal()).toCryptoKey(algorithm, false, ['sign']),
    signingAlgorithm: algorithm,
    extensions: [
      ...(await authorityExtensions(publicKey, 0)),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  })
  return `${made.toString('pem')}\n`
}

/** What leaves are sent with, so that whoever trusts a former authority alone verifies them: bridges, as PEM. */
export function bridgesIn(authority: string): string {
  return partsOf(authority)
    .filter((part) => !isRoot(new X509Certificate(part)))
    .join('')
}

/** The certificate of the authority that signs, without those that come after it. */
export function presentOf(authority: string): string {
  return partsOf(authority)[0] ?? authority
}

/** A bridge may have the same name at both ends; its signature tells. */
function isRoot(certificate: X509Certificate): boolean {
  return certificate.verify(certificate.publicKey)
}

function partsOf(text: string): readonly string[] {
  return text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?/g) ?? []
}
