/** Which programs of a box answer at a port, by what its kernel lists. */
import { formatAddress } from '../../lib/ipv4.ts'
import type { Publication } from '../../model/environment.ts'
import type { Box } from './box.ts'

/** A port that something of the box has taken. */
export interface Listener {
  readonly protocol: Publication['protocol']
  readonly port: number
  /** IPv4; `*` is every address. */
  readonly address: string
}

export async function listenersOf(box: Box): Promise<readonly Listener[]> {
  const tables = (['tcp', 'tcp6', 'udp', 'udp6'] as const).map(async (name) =>
    parseListeners((await box.read(`/proc/net/${name}`)) ?? '', name.startsWith('tcp') ? 'tcp' : 'udp'),
  )
  return (await Promise.all(tables)).flat()
}

/** Reads /proc/net/tcp and its like. Of IPv6 only what is bound to every address answers to IPv4 too. Pure. */
export function parseListeners(text: string, protocol: Listener['protocol']): readonly Listener[] {
  // A TCP socket that listens, and a UDP socket that is connected to nobody.
  const wanted = protocol === 'tcp' ? '0A' : '07'
  return text
    .split('\n')
    .slice(1)
    .flatMap((line): readonly Listener[] => {
      const [, local = '', , state] = line.trim().split(/\s+/)
      const [bound = '', port = ''] = local.split(':')
      const address = addressOf(bound)
      if (state !== wanted || address === undefined) return []
      return [{ protocol, port: Number.parseInt(port, 16), address }]
    })
}

/** In hexadecimal, in the byte order of the processor (little-endian wherever we run). */
function addressOf(bound: string): string | undefined {
  if (/^0+$/.test(bound)) return '*'
  if (bound.length !== 8) return undefined
  return formatAddress(Number.parseInt(bound.match(/../g)?.toReversed().join('') ?? '', 16))
}
