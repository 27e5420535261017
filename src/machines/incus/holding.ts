/** Who holds the way in to an environment: noted on its network, which is there as long as the environment is. */
import { hostname, userInfo } from 'node:os'
import { CopseError } from '../../lib/errors.ts'
import type { Environment } from '../../model/environment.ts'
import type { ProviderContext } from '../provider.ts'
import { Network, Networks } from './api.ts'
import type { Client } from './client.ts'
import { bridgeName, labels, operatorOf, ownerOf } from './names.ts'

/** An environment on the box that has the name of the definition's, whoever made it. */
export interface Holding {
  readonly owner: string
  /** The operator whose key its machines take. */
  readonly operator: string
  /** Who that is, in a few words; empty where nobody wrote it down. */
  readonly who: string
  /** ISO 8601; empty where it never changed hands. */
  readonly since: string
  /** Some of its machines may take another key. */
  readonly isMoving: boolean
  /** The network's own address, `10.61.0.1/24`. */
  readonly address: string
}

/** Why the machines of an environment are not ours to use, and what to do about it. */
export interface Refusal {
  readonly detail: string
  readonly hint: string
}

/** Every environment of the definition's name on this engine. */
export async function readHoldings(
  client: Client,
  { environment }: Pick<ProviderContext, 'environment'>,
): Promise<readonly Holding[]> {
  const networks = (await client.read('/1.0/networks?recursion=1', Networks)) ?? []
  return networks.flatMap((network) => {
    const { [labels.ecosystem]: ecosystem, [labels.environment]: name } = network.config
    return ecosystem === environment.ecosystem && name === environment.name ? holdingOf(network) : []
  })
}

function holdingOf({ config }: Network): readonly Holding[] {
  const { [labels.owner]: owner, [labels.operator]: operator, [labels.stage]: stage } = config
  if (owner === undefined) return []
  return [
    {
      owner,
      operator: operator || owner,
      who: config[labels.who] ?? '',
      since: config[labels.since] ?? '',
      isMoving: stage === 'moving',
      address: config['ipv4.address'] ?? '',
    },
  ]
}

/** The network's address as the definition wants it: `10.61.0.1/24`. */
export function bridgeAddress({ subnet, gateway }: Pick<Environment, 'subnet' | 'gateway'>): string {
  return `${gateway}/${subnet.split('/')[1]}`
}

/** The environment that the definition means: the own one, else the one that has its subnet. Pure. */
export function meantBy(holdings: readonly Holding[], context: ProviderContext): Holding | undefined {
  const address = bridgeAddress(context.environment)
  return (
    holdings.find(({ owner }) => owner === ownerOf(context)) ??
    holdings.find((holding) => holding.address === address)
  )
}

/** Undefined: what there is of the environment is this operator's. Pure. */
export function refusalOf(holdings: readonly Holding[], context: ProviderContext): Refusal | undefined {
  const holding = meantBy(holdings, context)
  if (!holding) return undefined
  const { name } = context.environment
  const who = holding.who === '' ? '' : ` (${holding.who})`
  if (holding.owner !== ownerOf(context))
    return {
      detail: `another operator${who} has made ${name} on this box`,
      hint: `copse adopt ${name} takes it over; for one beside it, give yours another subnet`,
    }
  if (holding.isMoving)
    return {
      detail: `the way in to ${name} is being moved to an operator${who}, or that was cut short`,
      hint: `copse adopt ${name}`,
    }
  if (holding.operator === operatorOf(context)) return undefined
  return {
    detail: `another operator${who} took over ${name} on ${holding.since.slice(0, 10)}`,
    hint: `copse adopt ${name} takes it back`,
  }
}

/** The same, asked of the engine: where the own network is there nothing else counts, and to read one takes a fraction of all. */
export async function readRefusal(client: Client, context: ProviderContext): Promise<Refusal | undefined> {
  const owner = ownerOf(context)
  const own = await client.read(`/1.0/networks/${bridgeName(owner)}`, Network)
  return own?.config[labels.owner] === owner
    ? refusalOf(holdingOf(own), context)
    : refusalOf(await readHoldings(client, context), context)
}

/** Throws `refused` where another operator holds the way in. */
export async function requireHeld(client: Client, context: ProviderContext): Promise<void> {
  const refusal = await readRefusal(client, context)
  if (refusal) throw new CopseError('refused', refusal.detail, { hint: refusal.hint })
}

/** What the network says of its operator. Pure but for the name of this user. */
export function holderLabels(context: ProviderContext): Readonly<Record<string, string>> {
  return {
    [labels.operator]: operatorOf(context),
    [labels.who]: `${userInfo().username} on ${hostname()}, keys in ${context.stateDir}`,
    [labels.since]: new Date().toISOString(),
  }
}

/** Where another holder's keys are, as `holderLabels` says it, where that is on this machine. Pure but for its name. */
export function stateDirOf(
  { who }: Pick<Holding, 'who'>,
  { stateDir }: Pick<ProviderContext, 'stateDir'>,
): string | undefined {
  const [, machine, directory] = /^\S+ on (\S+), keys in (\/.+)$/.exec(who) ?? []
  return machine === hostname() && directory !== stateDir ? directory : undefined
}

/** Notes that the way in is this operator's; `moving` until all machines take the key. */
export async function noteHolder(
  client: Client,
  context: ProviderContext,
  stage: 'moving' | 'made',
): Promise<void> {
  await client.change({
    method: 'PATCH',
    path: `/1.0/networks/${bridgeName(ownerOf(context))}`,
    what: `note who holds the way in to ${context.environment.name}`,
    body: { json: { config: { ...holderLabels(context), [labels.stage]: stage } } },
  })
}
