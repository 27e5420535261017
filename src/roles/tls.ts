/** What a host proves itself with to those who connect to it, and what they check that by. */
import { type CertificateOptions, certificate, type Host, type ResourceList } from 'copse'

/** The authority of the environment, on every host that has a certificate. */
export const authority = '/etc/copse/tls/ca.crt'

/** Paths of a certificate, its key, and both in one. */
export interface ServerTls {
  readonly certificate: string
  readonly key: string
  readonly pem: string
}

export function tlsOf(name: string): ServerTls {
  const path = `/etc/copse/tls/${name}`
  return { certificate: `${path}.crt`, key: `${path}.key`, pem: `${path}.pem` }
}

/** Renewed by `up`: who uses it reloads on `tlsOf(name).certificate`. */
export function serverCertificate(
  name: string,
  host: Host,
  options: Pick<CertificateOptions, 'group' | 'names'> = {},
): ResourceList {
  return [certificate(name, { host, ...options })]
}
