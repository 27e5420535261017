/** The zone of an environment and its reverse, as zone files: pure text from the one definition. */
import { digestOf, type Environment, hostsWithRole, parseSubnet, reverseName, reverseZone } from 'copse'
import { labelsOf } from './names.ts'

/** A zone with its file. */
export interface Zone {
  /** Without a trailing dot. */
  readonly name: string
  readonly text: string
}

/** One name of the zone, in full, without a trailing dot. */
export interface NameRecord {
  readonly name: string
  readonly address: string
}

/** Every name of every host. */
export function nameRecords({ hosts, domain }: Environment): readonly NameRecord[] {
  return hosts.flatMap((host) =>
    labelsOf(host).map((label) => ({ name: `${label}.${domain}`, address: host.address })),
  )
}

/** The environment's zone and the reverse zone of its subnet. */
export function zonesOf(environment: Environment): readonly [forward: Zone, reverse: Zone] {
  const addresses = environment.hosts.flatMap((host) =>
    labelsOf(host).map((label) => `${label} IN A ${host.address}`),
  )
  const reverse = reverseZoneOf(environment)
  const pointers = environment.hosts.map(({ address, fqdn }) => `${reverseName(address)}. IN PTR ${fqdn}.`)
  return [zone(environment, environment.domain, addresses), zone(environment, reverse, pointers)]
}

function reverseZoneOf({ subnet }: Environment): string {
  const parsed = parseSubnet(subnet)
  if (!parsed) throw new RangeError(`${subnet} is no subnet`)
  return reverseZone(parsed)
}

function zone(environment: Environment, name: string, records: readonly string[]): Zone {
  const servers = hostsWithRole(environment, 'dns').map(({ fqdn }) => `${fqdn}.`)
  const body = [...servers.map((server) => `@ IN NS ${server}`), ...records]
  const times = '3600 600 604800 60'
  const authority = `@ IN SOA ${servers[0] ?? '.'} hostmaster.${environment.domain}. ${serialOf(body)} ${times}`
  return { name, text: `${[`$ORIGIN ${name}.`, '$TTL 60', authority, ...body].join('\n')}\n` }
}

/**
 * No server ever transfers these zones, so nobody compares serials for age: a fingerprint of the records lets the same
 * definition make the same file, and shows whether two servers hold the same zone.
 */
function serialOf(records: readonly string[]): number {
  return Number.parseInt(digestOf(records).slice(0, 8), 16)
}
