/** The library that writes certificates, loaded when one is made: that takes half a second. */

/** ECDSA on P-256. */
export const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const

export async function loadX509() {
  // The library needs it, and leaves it to its user.
  await import('reflect-metadata')
  return import('@peculiar/x509')
}

export async function makeKeys() {
  return crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
}
