/** What differs between a wanted certificate and the one that a host has. Pure. */
import { X509Certificate } from 'node:crypto'
import type { CertificateSpec } from './certificate.ts'
import { keyMode, placesOf } from './certificate-step.ts'
import type { Change, Found, Surroundings } from './kind.ts'
import { differences } from './on-disk.ts'

const day = 24 * 3600 * 1000

export function diffCertificate(
  wanted: CertificateSpec,
  found: Found | undefined,
  { now }: Surroundings,
): Change | undefined {
  if (!found) return { action: 'create', why: [] }
  const { owner, group } = wanted
  const access = differences({ owner, group, mode: keyMode(wanted) }, found)
  const why = [...whyTorn(wanted, found), ...whyAnother(wanted, found.crt ?? '', now)]
  if (why.length > 0) return { action: 'update', why: [...why, ...access] }
  return access.length > 0 ? { action: 'update', why: access, memo: { verb: 'grant' } } : undefined
}

/** Files that do not belong together, or not there. */
function whyTorn({ name, authority }: CertificateSpec, { layout, fits, pem, ca }: Found): readonly string[] {
  if (layout !== 'ok') return [`${layout} is not what copse put there`]
  return [
    ...(fits === 'yes' ? [] : ['the key does not fit']),
    ...(pem === 'yes' ? [] : [`${placesOf(name).pem} is another`]),
    ...(ca === authority ? [] : [whyTrust(ca, authority)]),
  ]
}

/** While one authority takes over from another, the former one stands behind it. */
function whyTrust(found = '', wanted = ''): string {
  const rest = wanted !== '' && found.startsWith(wanted) ? found.slice(wanted.length) : ''
  return rest.includes('BEGIN CERTIFICATE')
    ? 'ca.crt holds a former authority too'
    : 'ca.crt is not the authority'
}

function whyAnother(wanted: CertificateSpec, text: string, now: number | undefined): readonly string[] {
  const found = read(text)
  const authority = wanted.authority === undefined ? undefined : read(wanted.authority)
  if (!authority) return ['the authority is still to be made']
  if (!found) return ['is no certificate']
  if (!found.checkIssued(authority) || !found.verify(authority.publicKey))
    return ['issued by another authority']
  const names = namesOf(found)
  const isSame = names.length === wanted.names.length && wanted.names.every((name) => names.includes(name))
  const isClient = found.keyUsage?.includes(clientAuth) ?? false
  return [
    ...(isSame ? [] : [`for ${names.join(' ')}, wanted ${wanted.names.join(' ')}`]),
    ...(found.subject === `CN=${wanted.commonName}`
      ? []
      : [`called ${found.subject}, wanted CN=${wanted.commonName}`]),
    ...(isClient === wanted.client ? [] : [wanted.client ? 'not for clients' : 'for clients too']),
    ...whyLife(found, { days: wanted.days, end: Date.parse(authority.validTo), now }),
  ]
}

const clientAuth = '1.3.6.1.5.5.7.3.2'

interface Life {
  readonly days: number
  /** Of the authority, which no leaf outlives. */
  readonly end: number
  readonly now: number | undefined
}

/** It is renewed in the last third of its life. */
function whyLife({ validFrom, validTo }: X509Certificate, { days, end, now }: Life): readonly string[] {
  const [from, to] = [Date.parse(validFrom), Date.parse(validTo)]
  const life = Math.round((to - from) / day)
  if (life !== days && to < end) return [`valid for ${life} days, wanted ${days}`]
  if (now === undefined || to - now > (to - from) / 3) return []
  const left = Math.floor((to - now) / day)
  return [to <= now ? 'expired' : `expires in ${left === 1 ? '1 day' : `${left} days`}`]
}

function namesOf({ subjectAltName = '' }: X509Certificate): readonly string[] {
  return subjectAltName
    .split(', ')
    .map((name) => name.replace(/^(DNS|IP Address):/, ''))
    .filter((name) => name !== '')
    .sort()
}

function read(text: string): X509Certificate | undefined {
  try {
    return new X509Certificate(text)
  } catch {
    return undefined
  }
}
