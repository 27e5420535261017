/** What a box's distribution has: which engine, in which packages. */
import type { Box } from './box.ts'
import { incusProduct, lxdProduct, type Product } from './engine.ts'

export interface Distribution {
  /** `Debian GNU/Linux 12 (bookworm)`. */
  readonly name: string
  /** Undefined where copse cannot install one. */
  readonly engine: { readonly product: Product; readonly packages: readonly string[] } | undefined
}

/** What an engine uses; installed before it, because LXD settles for iptables unless nft is there at its first start. */
export const enginePackages = ['btrfs-progs', 'dnsmasq-base', 'nftables', 'iproute2', 'uidmap']

/** What copse and its probes run on the operator's machine: the package of each program. */
export const programs: Readonly<Record<string, string>> = {
  mmdebstrap: 'mmdebstrap',
  ssh: 'openssh-client',
  curl: 'curl',
  dig: 'bind9-dnsutils',
  nft: 'nftables',
}

const lxd = { product: lxdProduct, packages: ['lxd', 'lxd-client'] }
const incus = { product: incusProduct, packages: ['incus-base', 'incus-client'] }

const known: Readonly<Record<string, Distribution['engine']>> = {
  'debian 12': lxd,
  'debian 13': incus,
  'ubuntu 24.04': incus,
}

/** Reads the text of /etc/os-release. */
export function parseRelease(text: string): Distribution {
  const fields = new Map(
    text.split('\n').map((line) => {
      const [key = '', value = ''] = line.split(/=(.*)/)
      return [key, value.replace(/^(["'])(.*)\1$/, '$2')] as const
    }),
  )
  return {
    name: fields.get('PRETTY_NAME') ?? 'this system',
    engine: known[`${fields.get('ID')} ${fields.get('VERSION_ID')}`],
  }
}

export async function readDistribution(box: Box): Promise<Distribution> {
  return parseRelease((await box.read('/etc/os-release')) ?? '')
}
