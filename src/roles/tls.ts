/** What a host proves itself with to those who connect to it. */
import { command, pkg, type ResourceList } from 'copse'

/** Paths of a server's certificate and key. */
export interface ServerTls {
  readonly certificate: string
  readonly key: string
  readonly resources: ResourceList
  /** What its unit must read again when it changes. */
  readonly reloadOn: readonly string[]
  /** Paths, with globs, of what the package makes up by itself. */
  readonly secrets: readonly string[]
}

/** Debian's certificate that nobody has signed: connections are closed to listeners, but clients cannot tell who answers. */
export function serverTls(): ServerTls {
  const certificate = '/etc/ssl/certs/ssl-cert-snakeoil.pem'
  const key = '/etc/ssl/private/ssl-cert-snakeoil.key'
  return {
    certificate,
    key,
    secrets: [certificate, key],
    reloadOn: [],
    resources: [
      pkg('ssl-cert'),
      command('make-ssl-cert generate-default-snakeoil --force-overwrite', { creates: key }),
    ],
  }
}
