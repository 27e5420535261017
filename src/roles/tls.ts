/** What a host proves itself with to those who connect to it, and what they check that by. */
import { certificate, type Host, type ResourceList } from 'copse'

/** The authority of the environment, on every host that has a certificate. */
export const authority = '/etc/copse/tls/ca.crt'

/** Paths of a server's certificate and key. */
export interface ServerTls {
  readonly certificate: string
  readonly key: string
}

export function tlsOf(name: string): ServerTls {
  return { certificate: `/etc/copse/tls/${name}.crt`, key: `/etc/copse/tls/${name}.key` }
}

/** Renewed by `up`: who uses it reloads on `tlsOf(name).certificate`. */
export function serverCertificate(name: string, host: Host, group?: string): ResourceList {
  return [certificate(name, { host, ...(group !== undefined && { group }) })]
}
