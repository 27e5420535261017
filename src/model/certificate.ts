/** What a certificate is to say: plain data that plans hold in place of it, and of its key. */

/** A leaf of the environment's own authority; made, with its key, where the archive of a session is. */
export interface LeafRequest {
  readonly commonName: string
  /** DNS names and IPv4 addresses. */
  readonly names: readonly string[]
  /** How long it is valid. */
  readonly days: number
  /** May prove the host to servers too, not only to clients. */
  readonly client: boolean
  /** Of the authority's certificate; undefined while there is none. */
  readonly authority: string | undefined
}

/** The files that come of it: private key, certificate, both in one, and the authority's certificate. */
export type LeafPart = 'key' | 'crt' | 'pem' | 'ca'

/** All of them as PEM. */
export type Leaf = Readonly<Record<LeafPart, string>>
