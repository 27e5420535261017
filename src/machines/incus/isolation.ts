/**
 * Keeps the environments of a box apart. A box forwards between all its networks, and an engine's masquerading would even
 * show one environment to another as the gateway. One nft table of copse's own drops what enters by the bridge of one
 * environment and is addressed to the network of another: to its machines as to its gateway.
 */
import { CopseError } from '../../lib/errors.ts'
import type { Box } from './box.ts'
import { isBridgeName } from './names.ts'
import { type BoxNetwork, boxNetworks, formatSubnet } from './networks.ts'

/** Family and name of the table. */
export const isolationTable = 'inet copse_isolation'

/** The bridge of an environment, and its network. */
export interface Lan {
  readonly bridge: string
  readonly subnet: string
}

/** The networks of all environments on the box, of whichever engine and checkout, by what the kernel routes now. */
export function lansOf(networks: readonly BoxNetwork[]): readonly Lan[] {
  const lans = networks
    .filter(({ device }) => isBridgeName(device))
    .map(({ device, subnet }) => ({ bridge: device, subnet: formatSubnet(subnet) }))
  // An address and a route tell of the same network.
  const unique = new Map(lans.map((lan) => [markOf(lan), lan]))
  return [...unique.keys()].sort().flatMap((mark) => unique.get(mark) ?? [])
}

/** What makes nft replace the table in one step; a lone environment needs none. */
export function isolationScript(lans: readonly Lan[]): string {
  // Naming it first lets the deletion succeed where there is none.
  const drop = `table ${isolationTable}\ndelete table ${isolationTable}\n`
  if (!isShared(lans)) return drop
  const rules = lans.map((lan) => `    ${ruleOf(lan, lans)}\n`).join('')
  // Ahead of routing, so that one rule holds for what would be forwarded and for what the box itself would answer.
  return `${drop}table ${isolationTable} {
  chain prerouting {
    type filter hook prerouting priority mangle; policy accept;
${rules}  }
}
`
}

function ruleOf(lan: Lan, lans: readonly Lan[]): string {
  const others = lans.filter(({ bridge }) => bridge !== lan.bridge).map(({ subnet }) => subnet)
  return `iifname "${lan.bridge}" ip daddr { ${others.join(', ')} } counter drop comment "${markOf(lan)}"`
}

function isShared(lans: readonly Lan[]): boolean {
  return new Set(lans.map(({ bridge }) => bridge)).size > 1
}

/** How a rule says whose it is, for whoever lists the table. */
function markOf({ bridge, subnet }: Lan): string {
  return `${bridge} ${subnet}`
}

/** Does the table, as nft lists it, hold these networks apart? */
export function isIsolating(listed: string, lans: readonly Lan[]): boolean {
  const marks = [...listed.matchAll(/ drop comment "([^"]*)"/g)].map(([, mark]) => mark)
  const wanted = isShared(lans) ? lans.map(markOf) : []
  return marks.sort().join() === wanted.join()
}

/** `unseen`: only root may look. */
export async function readIsolation(box: Box): Promise<'holds' | 'missing' | 'alone' | 'unseen'> {
  const lans = lansOf(await boxNetworks(box))
  if (!isShared(lans)) return 'alone'
  if (!box.isRoot) return 'unseen'
  const listed = await box
    .run('nft', ['list', 'table', ...isolationTable.split(' ')], { seconds: 30 })
    .catch(() => '')
  return isIsolating(listed, lans) ? 'holds' : 'missing'
}

/** Puts the table back where it is missing, as after a reboot. */
export async function mendIsolation(box: Box): Promise<void> {
  // To ask for networks takes processes, and most boxes have one environment.
  const bridges = (await box.list('/sys/class/net')).filter(isBridgeName)
  if (bridges.length > 1 && (await readIsolation(box)) === 'missing') await ensureIsolation(box)
}

/** Writes the table for the networks that are there now, and again if they changed meanwhile: each engine has its own lock. */
export async function ensureIsolation(box: Box): Promise<void> {
  for (let written = ''; ; ) {
    const script = isolationScript(lansOf(await boxNetworks(box)))
    if (script === written) return
    await write(box, script)
    written = script
  }
}

async function write(box: Box, script: string): Promise<void> {
  try {
    await box.run('nft', ['--file', '-'], { seconds: 30, input: script })
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause)
    throw new CopseError('failed', `the environments of this box cannot be kept apart: ${said}`, {
      cause,
      hint: 'nft list ruleset, which shows whether nftables works on this box',
    })
  }
}
