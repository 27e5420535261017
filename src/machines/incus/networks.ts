/** The IPv4 networks that a box is part of: its addresses and its routes. */
import { formatAddress, overlaps, parseAddress, parseSubnet, type Subnet, size } from '../../lib/ipv4.ts'
import type { Box } from './box.ts'

export interface BoxNetwork {
  readonly device: string
  readonly subnet: Subnet
}

/** The default route is everybody's, so it is left out. */
export async function boxNetworks(box: Box): Promise<readonly BoxNetwork[]> {
  const routes = parseRoutes((await box.read('/proc/net/route')) ?? '')
  const addresses = (await box.addresses()).flatMap(({ device, cidr }): readonly BoxNetwork[] => {
    const [address = '', bits] = cidr.split('/')
    const base = parseAddress(address)
    return base === undefined ? [] : [{ device, subnet: networkOf(base, Number(bits)) }]
  })
  return [...addresses, ...routes]
}

/** Reads /proc/net/route: numbers in hexadecimal, in the byte order of the processor (little-endian wherever we run). */
export function parseRoutes(text: string): readonly BoxNetwork[] {
  return text
    .split('\n')
    .slice(1)
    .flatMap((line): readonly BoxNetwork[] => {
      const [device = '', destination = '', , , , , , mask = ''] = line.split('\t')
      const bits = [...parseHex(mask).toString(2)].filter((bit) => bit === '1').length
      return device === '' || bits === 0 ? [] : [{ device, subnet: { base: parseHex(destination), bits } }]
    })
}

function parseHex(text: string): number {
  const bytes = text.match(/../g) ?? []
  return bytes.reduceRight((sum, byte) => sum * 256 + Number.parseInt(byte, 16), 0)
}

function networkOf(address: number, bits: number): Subnet {
  const length = size({ base: 0, bits })
  return { base: address - (address % length), bits }
}

/** What of the box a wanted subnet would overlap; its own bridge does not count. */
export function findClash(
  wanted: string,
  networks: readonly BoxNetwork[],
  bridge: string,
): BoxNetwork | undefined {
  const subnet = parseSubnet(wanted)
  return subnet && networks.find((network) => network.device !== bridge && overlaps(network.subnet, subnet))
}

/** The last ones are for boxes whose VPN takes all of 10.0.0.0/8. */
const privateNetworks = [
  ...Array.from({ length: 190 }, (_, index) => `10.${61 + index}.0.0`),
  ...Array.from({ length: 16 }, (_, index) => `172.${16 + index}.0.0`),
  ...Array.from({ length: 190 }, (_, index) => `192.168.${61 + index}.0`),
]

/** A private subnet of the same size that nothing of the box overlaps. */
export function freeSubnet(wanted: string, networks: readonly BoxNetwork[]): string | undefined {
  const bits = parseSubnet(wanted)?.bits ?? 24
  return privateNetworks
    .map((network) => `${network}/${bits}`)
    .find((candidate) => parseSubnet(candidate) && !findClash(candidate, networks, ''))
}

export function formatSubnet({ base, bits }: Subnet): string {
  return `${formatAddress(base)}/${bits}`
}
