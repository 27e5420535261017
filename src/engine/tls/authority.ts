/** The certificate authority of an environment: its key is a secret, its certificate is for everybody. */
import { createPrivateKey, createPublicKey, KeyObject, type webcrypto, X509Certificate } from 'node:crypto'
import { CopseError } from '../../lib/errors.ts'
import { Secret } from '../../lib/secret.ts'
import type { Environment } from '../../model/environment.ts'
import { algorithm, loadX509, makeKeys, serialNumber } from './x509.ts'

const day = 24 * 3600 * 1000

/** How long the authority's certificate is valid, and how long before its end another is made of the same key. */
const life = 3650 * day
const early = 365 * day

/** A new private key, as PEM. */
export async function makeAuthorityKey(): Promise<Secret> {
  const { privateKey } = await makeKeys()
  return new Secret(String(KeyObject.from(privateKey).export({ type: 'pkcs8', format: 'pem' })))
}

/** Its certificate, signed by itself, as PEM. */
export async function certify(
  key: Secret,
  { ecosystem, name }: Pick<Environment, 'ecosystem' | 'name'>,
): Promise<string> {
  const x509 = await loadX509()
  const { privateKey, publicKey } = halvesOf(key, name)
  const now = Math.floor(Date.now() / 1000) * 1000
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: [{ CN: [`copse ${ecosystem} ${name} CA`.slice(0, 64)] }],
    notBefore: new Date(now - day),
    notAfter: new Date(now + life),
    keys: { privateKey, publicKey },
    signingAlgorithm: algorithm,
    // Room for a bridge to the authority that may take over from it: GnuTLS counts that too.
    extensions: await authorityExtensions(publicKey, 1),
  })
  return `${made.toString('pem')}\n`
}

/** It may sign certificates, with so many other authorities between it and them. */
export async function authorityExtensions(publicKey: webcrypto.CryptoKey, between: number) {
  const x509 = await loadX509()
  return [
    new x509.BasicConstraintsExtension(true, between, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    await x509.SubjectKeyIdentifierExtension.create(publicKey),
  ]
}

/** Somebody may have set the secret to a key of their own, or to anything else. */
function halvesOf(key: Secret, environment: string) {
  try {
    const whole = createPrivateKey(key.reveal())
    return {
      privateKey: whole.toCryptoKey(algorithm, false, ['sign']),
      publicKey: createPublicKey(whole).toCryptoKey(algorithm, true, ['verify']),
    }
  } catch {
    throw new CopseError('failed', 'the secret ca-key is no private key of ECDSA on P-256 in PEM', {
      hint: `copse secrets ${environment} set ca-key --generate`,
    })
  }
}

/** Is it this key's, and valid for long enough? */
export function isCertificateOf(key: Secret, certificate: string | undefined, now: number): boolean {
  if (certificate === undefined) return false
  try {
    const found = new X509Certificate(certificate)
    return found.checkPrivateKey(createPrivateKey(key.reveal())) && Date.parse(found.validTo) - now > early
  } catch {
    return false
  }
}
