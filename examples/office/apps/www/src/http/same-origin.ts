/** Whether a form was sent by a page of ours: another site could send one in the name of whoever is there. */

/** What a browser tells of where a request comes from; scripts of a page cannot change any of these. */
export interface Provenance {
  readonly secFetchSite: string | undefined
  readonly origin: string | undefined
  readonly host: string | undefined
}

/**
 * Browsers send Sec-Fetch-Site over https and to the machine itself, and Origin with every form. A request with neither is
 * refused: no browser of today sends it. Pure.
 */
export function isSameOrigin({ secFetchSite, origin, host }: Provenance): boolean {
  if (secFetchSite !== undefined) return secFetchSite === 'same-origin' || secFetchSite === 'none'
  if (origin === undefined || host === undefined || !URL.canParse(origin)) return false
  // Not the scheme: whoever speaks TLS for us leaves the host as it was, and speaks http with us.
  const { protocol, host: from } = new URL(origin)
  return URL.canParse(`${protocol}//${host}`) && new URL(`${protocol}//${host}`).host === from
}
