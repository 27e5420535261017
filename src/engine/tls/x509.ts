/** The library that writes certificates, loaded when one is made: that takes half a second. */
import { randomBytes } from 'node:crypto'

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

/** 16 random bytes; the first bit is not set, which would make it negative. */
export function serialNumber(): string {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40
  return bytes.toString('hex')
}
