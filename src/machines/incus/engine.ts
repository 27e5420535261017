/** The two container engines that speak the same REST API, and where each listens. */
import { join } from 'node:path'
import type { Box } from './box.ts'

/** All in which Incus and LXD differ; everything else is asked of the API. */
export interface Product {
  readonly name: 'Incus' | 'LXD'
  /** The variable that moves the engine's directory. */
  readonly variable: 'INCUS_DIR' | 'LXD_DIR'
  readonly directory: string
  /** The daemon's program, and what it is given besides the group. */
  readonly daemon: string
  readonly client: string
  /** Its systemd units, in the order in which they are started. */
  readonly units: readonly string[]
  /** The group that may open the socket. */
  readonly group: string
  /** What its own HTTP headers begin with. */
  readonly header: string
  /** Where it keeps what lasts until the next boot, where that is not its directory. */
  readonly runDirectory?: string
  /** Its nft table. */
  readonly table: string
}

export const incusProduct: Product = {
  name: 'Incus',
  variable: 'INCUS_DIR',
  directory: '/var/lib/incus',
  daemon: '/usr/libexec/incus/incusd',
  client: 'incus',
  units: ['incus.socket', 'incus.service'],
  group: 'incus-admin',
  header: 'X-Incus',
  runDirectory: '/run/incus',
  table: 'inet incus',
}

export const lxdProduct: Product = {
  name: 'LXD',
  variable: 'LXD_DIR',
  directory: '/var/lib/lxd',
  daemon: '/usr/bin/lxd',
  client: 'lxc',
  units: ['lxd.socket', 'lxd.service'],
  group: 'lxd',
  header: 'X-LXD',
  table: 'inet lxd',
}

/** An engine of a box: which one, and the directory that holds its socket and its machines. */
export interface Engine {
  readonly product: Product
  readonly directory: string
  readonly box: Box
}

/** The engines to look for, in order: a directory that the operator names is the only one considered. */
export function candidates(box: Box): readonly Engine[] {
  const all = [incusProduct, lxdProduct]
  const named = all.flatMap((product) => {
    const directory = box.variables[product.variable]
    return directory ? [{ product, directory, box }] : []
  })
  return named.length > 0 ? named : all.map((product) => ({ product, directory: product.directory, box }))
}

export function socketOf(engine: Engine): string {
  return join(engine.directory, 'unix.socket')
}
