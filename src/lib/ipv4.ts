/** IPv4 addresses and subnets as numbers: offsets, overlaps and reverse names. */

/** A subnet: first address and prefix length (0 to 32). */
export interface Subnet {
  readonly base: number
  readonly bits: number
}

/** Reads `a.b.c.d`; undefined when it is not a canonical dotted quad. */
export function parseAddress(text: string): number | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256))
    return undefined
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0)
}

/** Reads `a.b.c.d/n`; undefined when malformed or when host bits are set. */
export function parseSubnet(text: string): Subnet | undefined {
  const [address = '', length = ''] = text.split('/')
  const base = parseAddress(address)
  if (base === undefined || !/^(\d|[12]\d|3[0-2])$/.test(length) || text.split('/').length !== 2)
    return undefined
  const bits = Number(length)
  return base % 2 ** (32 - bits) === 0 ? { base, bits } : undefined
}

/** How many addresses a subnet has, network and broadcast included. */
export function size(subnet: Subnet): number {
  return 2 ** (32 - subnet.bits)
}

/** The address `offset` places after the network's own. */
export function addressAt(subnet: Subnet, offset: number): string {
  return formatAddress(subnet.base + offset)
}

/** `a.b.c.d` of a number. */
export function formatAddress(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.')
}

/** Do two subnets share an address? */
export function overlaps(a: Subnet, b: Subnet): boolean {
  return a.base < b.base + size(b) && b.base < a.base + size(a)
}

/** The in-addr.arpa zone that holds a subnet, widened to whole octets (`0.61.10.in-addr.arpa`). */
export function reverseZone(subnet: Subnet): string {
  const octets = formatAddress(subnet.base)
    .split('.')
    .slice(0, Math.floor(subnet.bits / 8))
  return [...octets.reverse(), 'in-addr.arpa'].join('.')
}

/** The PTR name of an address (`21.0.61.10.in-addr.arpa`). */
export function reverseName(address: string): string {
  return [...address.split('.').reverse(), 'in-addr.arpa'].join('.')
}
