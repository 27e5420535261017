/** Schemas of the values that probes share. */
import { z } from 'zod'
import { parseAddress } from '../lib/ipv4.ts'

/** `a.b.c.d`. */
export const ipv4 = z
  .string()
  .refine((text) => parseAddress(text) !== undefined, 'must be an IPv4 address such as 10.61.0.20')

export const portNumber = z.int().min(1).max(65_535)

/** The environment's own authority, on every host that has a certificate of it. */
export const authority = '/etc/copse/tls/ca.crt'
