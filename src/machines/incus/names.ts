/** The names, addresses and labels of what copse makes in an engine: told apart by environment and by checkout. */
import { sha256 } from '../../lib/digest.ts'
import type { Host } from '../../model/environment.ts'
import type { ProviderContext } from '../provider.ts'

/** Labels that copse puts on what it makes; everything without them is somebody else's. */
export const labels = {
  ecosystem: 'user.copse.ecosystem',
  environment: 'user.copse.environment',
  /** The hash of ecosystem, environment and the state directory that it was made from. */
  owner: 'user.copse.owner',
  /** On a network: the same hash of the state directory that holds the way in now; absent where that is the owner's. */
  operator: 'user.copse.operator',
  /** On a network: who that is, for people to read, and since when. */
  who: 'user.copse.who',
  since: 'user.copse.since',
  host: 'user.copse.host',
  volume: 'user.copse.volume',
  uuid: 'user.copse.uuid',
  debian: 'user.copse.debian',
  /** `yes` on what machines are copied from. */
  template: 'user.copse.template',
  /** On what a machine was made: the name of a base system's template. */
  base: 'user.copse.base',
  /** The id of the golden image that an instance keeps. */
  image: 'user.copse.image',
  /** When that was made, and what it holds. */
  made: 'user.copse.made',
  holds: 'user.copse.holds',
  /** `making` until all files are in it, then `made`, and `ending` while another one takes its place; on a network `moving` while its way in changes hands. */
  stage: 'user.copse.stage',
} as const

/** The pool that all environments of an engine share. */
export const poolName = 'copse'

/** Tells one operator's environment of one checkout from every other on the box: its state directory holds the keys to it. */
export function operatorOf({
  environment,
  stateDir,
}: Pick<ProviderContext, 'environment' | 'stateDir'>): string {
  return sha256(`${environment.ecosystem}\n${environment.name}\n${stateDir}`).slice(0, 16)
}

/** The operator that it was made by, which all its names and labels keep when another one adopts it. */
export function ownerOf(context: Pick<ProviderContext, 'environment' | 'stateDir' | 'owner'>): string {
  return context.owner ?? operatorOf(context)
}

/** Labels of everything that belongs to one environment. */
export function ownLabels(context: ProviderContext): Readonly<Record<string, string>> {
  return {
    [labels.ecosystem]: context.environment.ecosystem,
    [labels.environment]: context.environment.name,
    [labels.owner]: ownerOf(context),
  }
}

/** At most 15 characters, the longest name of a network interface. */
export function bridgeName(owner: string): string {
  return `copse${owner.slice(0, 8)}`
}

/** Is an interface of this box the bridge of an environment, of whichever checkout? */
export function isBridgeName(device: string): boolean {
  return /^copse[0-9a-f]{8}$/.test(device)
}

/** At most 63 characters, as an engine demands. */
export function instanceName(owner: string, machine: string): string {
  return `${machine.slice(0, 56).replace(/-+$/, '')}-${owner.slice(0, 6)}`
}

/**
 * Of a machine that takes the place of one with the usual name. It keeps it: to name a machine anew right after files were
 * written into it makes its start take 15 s (LXD 5.0, whose file server lets go of the old name only then).
 */
export function otherName(owner: string, machine: string): string {
  return instanceName(owner, `${machine.slice(0, 54)}-2`)
}

/** At most 63 characters. */
export function volumeName(owner: string, host: Host['name'], volume: string): string {
  return `${host.slice(0, 35).replace(/-+$/, '')}-${volume}-${owner.slice(0, 6)}`
}

/** The same each time: a host that comes back with a new one is not answered until neighbours forget the old one. */
export function macAddress(owner: string, host: Host['name']): string {
  const bytes = sha256(`${owner} ${host}`).match(/../g) ?? []
  return ['00', '16', '3e', ...bytes.slice(0, 3)].join(':')
}
