/**
 * The share of the box's processors that a machine gets where others want them too. One that is being made boots, unpacks and
 * compiles: with a full share, requests to those that serve beside it would wait for hundreds of milliseconds.
 */
import type { Instance } from './api.ts'
import type { Client } from './client.ts'

const setting = 'limits.cpu.allowance'

/** A quarter of the weight that others have: alone it still gets all there is. */
const quarter = '25%'

/** What a machine has while it is being made. */
export const givingWay = { [setting]: quarter }

/** False of a machine whose share somebody has set by hand. */
export function isGivingWay({ config }: Pick<Instance, 'config'>): boolean {
  return config[setting] === quarter
}

/** Changes nothing where it has its full share. */
export async function giveFullShare(client: Client, instance: Instance): Promise<void> {
  if (!isGivingWay(instance)) return
  await client.change({
    method: 'PATCH',
    path: `/1.0/instances/${instance.name}`,
    what: `give ${instance.name} its full share of the processors`,
    body: { json: { config: { [setting]: '' } } },
  })
}
