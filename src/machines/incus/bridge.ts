/** The LAN of an environment: a bridge of its own with a way out through the box. */
import { CopseError } from '../../lib/errors.ts'
import type { Environment } from '../../model/environment.ts'
import type { ProviderContext } from '../provider.ts'
import { Network } from './api.ts'
import type { BoxContext } from './box.ts'
import type { Client } from './client.ts'
import { bridgeAddress, holderLabels, requireHeld } from './holding.ts'
import { bridgeName, labels, ownerOf, ownLabels } from './names.ts'
import { boxNetworks, findClash, formatSubnet, freeSubnet } from './networks.ts'

export async function findBridge(client: Client, context: ProviderContext): Promise<Network | undefined> {
  const owner = ownerOf(context)
  const network = await client.read(`/1.0/networks/${bridgeName(owner)}`, Network)
  return network?.config[labels.owner] === owner ? network : undefined
}

/** Makes the bridge, or gives it the subnet that the definition has now. */
export async function ensureBridge(client: Client, context: BoxContext): Promise<void> {
  const { environment } = context
  await requireHeld(client, context)
  const wanted = bridgeAddress(environment)
  const found = await findBridge(client, context)
  if (found?.config['ipv4.address'] === wanted) return
  const users = found?.used_by?.length ?? 0
  if (users > 0)
    throw new CopseError(
      'refused',
      `the subnet of ${environment.name} is now ${environment.subnet}, and ${users} of its machines are on ${found?.config['ipv4.address']}`,
      { hint: `copse destroy ${environment.name} && copse up ${environment.name}` },
    )
  await refuseClash(context)
  const name = bridgeName(ownerOf(context))
  const config = {
    'ipv4.address': wanted,
    'ipv4.nat': 'true',
    'ipv6.address': 'none',
    // Names are the definition's work; the bridge only forwards questions about the rest of the world.
    'dns.mode': 'none',
    ...ownLabels(context),
    ...(!found && holderLabels(context)),
  }
  const what = `make the network ${environment.subnet}`
  if (found)
    await client.change({ method: 'PATCH', path: `/1.0/networks/${name}`, what, body: { json: { config } } })
  else
    await client.change({
      method: 'POST',
      path: '/1.0/networks',
      what,
      body: { json: { name, type: 'bridge', description: describe(environment), config } },
    })
}

function describe({ ecosystem, name }: Environment): string {
  return `${name} of ${ecosystem}`
}

/** Throws when the environment's subnet is part of the box's own networks already. */
export async function refuseClash(context: BoxContext): Promise<void> {
  const { subnet, name } = context.environment
  const networks = await boxNetworks(context.box)
  const clash = findClash(subnet, networks, bridgeName(ownerOf(context)))
  if (!clash) return
  const free = freeSubnet(subnet, networks)
  throw new CopseError(
    'failed',
    `the subnet ${subnet} of ${name} overlaps ${formatSubnet(clash.subnet)}, which ${context.box.name} reaches by ${clash.device}`,
    { hint: `give ${name} another subnet in the config${free ? `; ${free} is free` : ''}` },
  )
}
