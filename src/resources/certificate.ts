/** A certificate of the environment's own authority, with its private key. */
import { z } from 'zod'
import { sha256 } from '../lib/digest.ts'
import { parseAddress } from '../lib/ipv4.ts'
import type { LeafPart, LeafRequest } from '../model/certificate.ts'
import type { Host } from '../model/environment.ts'
import type { Resource } from '../model/resource.ts'
import { diffCertificate } from './certificate-diff.ts'
import { observeCertificates } from './certificate-observe.ts'
import {
  placeCertificate,
  placesOf,
  regrant,
  removeCertificate,
  replaceCertificate,
} from './certificate-step.ts'
import { defineKind, type KindDefinition, makeResource, type Step } from './kind.ts'
import { ownership } from './on-disk.ts'

/** DNS takes 253 characters; a leftmost label may be a wildcard. */
const certifiedName = z
  .string()
  .refine(
    (name) =>
      parseAddress(name) !== undefined ||
      /^(?=.{1,253}$)(?:\*\.)?[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/.test(
        name,
      ),
    'must be a DNS name in lower case or an IPv4 address',
  )

const spec = z.strictObject({
  name: z
    .string()
    .regex(
      /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
      'must be lower-case letters, digits and hyphens, at most 63',
    )
    .refine((name) => name !== 'ca', 'must not be ca: that is the authority'),
  commonName: certifiedName,
  names: z.array(certifiedName).min(1),
  ...ownership,
  days: z.int().min(1).max(825).default(30),
  client: z.boolean().default(true),
  /** The authority's certificate, as PEM: filled in when a host is planned, and undefined while there is none. */
  authority: z.string().optional(),
})

/** What is wanted of one certificate. */
export type CertificateSpec = z.output<typeof spec>

const definition: KindDefinition<CertificateSpec> = {
  name: 'certificate',
  spec,
  key: ({ name }) => placesOf(name).crt,
  observe: observeCertificates,
  diff: diffCertificate,
  apply: (wanted, { memo }) => (memo?.verb === 'grant' ? regrant(wanted) : replace(wanted)),
  remove: removeCertificate,
}

function replace(wanted: CertificateSpec): Step {
  const leaf: LeafRequest = {
    commonName: wanted.commonName,
    names: wanted.names,
    days: wanted.days,
    client: wanted.client,
    authority: wanted.authority === undefined ? undefined : sha256(wanted.authority),
  }
  const parts: readonly LeafPart[] = ['key', 'crt', 'pem', 'ca']
  return {
    script: replaceCertificate(wanted),
    payloads: {
      place: { text: placeCertificate },
      ...Object.fromEntries(parts.map((part) => [part, { leaf, part }])),
    },
  }
}

export const certificateKind = defineKind(definition)

/** The resource as its host's authority has it now; undefined: it is still to be made. */
export function withAuthority(resource: Resource, authority: string | undefined): Resource {
  if (resource.kind !== definition.name || authority === undefined) return resource
  return { ...resource, spec: { ...spec.parse(resource.spec), authority } }
}

/** Settings of a certificate besides its name. */
export interface CertificateOptions {
  /** The host that it proves: by its full name, its machine's name, its own name and its address. */
  readonly host: Pick<Host, 'name' | 'machine' | 'fqdn' | 'address'>
  /** Further DNS names and IPv4 addresses: `['www.office.internal']`. */
  readonly names?: readonly string[]
  /** Who owns the key. Default root. */
  readonly owner?: string
  /** Who else reads the key, which then has mode 0640 instead of 0600. Default nobody. */
  readonly group?: string
  /** How long it is valid, 1 to 825; `up` renews it in the last third. Default 30. */
  readonly days?: number
  /** May prove the host to servers too. Default true. */
  readonly client?: boolean
}

/**
 * A certificate of the environment's own authority under /etc/copse/tls: `NAME.crt`, its private key `NAME.key`, both in
 * `NAME.pem`, and the authority as `ca.crt`. The first three switch together, in one step. A unit that must read a renewed
 * one says so: `unit('nginx', { reloadOn: ['/etc/copse/tls/web.crt'] })`.
 */
export function certificate(name: string, { host, names = [], ...options }: CertificateOptions): Resource {
  const own = [host.fqdn, host.machine, host.name, host.address]
  return makeResource(definition, {
    name,
    commonName: commonNameOf(host),
    names: [...new Set([...own, ...names])].sort(),
    ...options,
  })
}

/** What a certificate calls its host, by which a server may know it: the full name, which must not be longer than 64. */
export function commonNameOf({ fqdn, machine }: Pick<Host, 'fqdn' | 'machine'>): string {
  return fqdn.length <= 64 ? fqdn : machine.slice(0, 64)
}
