/** Takes away what an environment needed on its box; what others share goes with the last of them. */
import { CopseError } from '../../lib/errors.ts'
import type { ProviderContext } from '../provider.ts'
import { Networks } from './api.ts'
import { findBridge } from './bridge.ts'
import type { Client } from './client.ts'
import { stopEngine } from './daemon.ts'
import { dropImages } from './image.ts'
import { removeInstance } from './instance-changes.ts'
import { ownInstances, readInstances } from './instances.ts'
import { ensureIsolation } from './isolation.ts'
import { bridgeName, labels, ownerOf, poolName } from './names.ts'
import { findPool } from './pool.ts'
import { isTemplate } from './template.ts'

/** Call it under the box's lock, when the environment has no machine any more. */
export async function releaseBox(client: Client, context: ProviderContext): Promise<void> {
  const { environment } = context
  const instances = await readInstances(client)
  const own = ownInstances(instances, context)
  if (own.length > 0)
    throw new CopseError('refused', `${environment.name} still has ${own.length} machines`, {
      hint: `copse destroy ${environment.name}`,
    })
  const bridge = bridgeName(ownerOf(context))
  if (await findBridge(client, context))
    await client.remove(`/1.0/networks/${bridge}`, `remove the network ${environment.subnet}`)
  await ensureIsolation()
  if (await isShared(client)) return
  for (const template of instances.filter(isTemplate)) await removeInstance(client, template)
  await dropImages(client)
  if (!(await removePool(client))) return
  if (instances.every(isTemplate)) await stopEngine(client.engine)
}

/** True while another environment of any checkout has a network here. */
async function isShared(client: Client): Promise<boolean> {
  const networks = await client.read('/1.0/networks?recursion=1', Networks)
  return networks?.some(({ config }) => config[labels.owner] !== undefined) ?? false
}

/** False when somebody put things of their own into the pool. */
async function removePool(client: Client): Promise<boolean> {
  const pool = await findPool(client)
  if (pool === undefined) return true
  if ((pool.used_by?.length ?? 0) > 0) return false
  await client.remove(`/1.0/storage-pools/${poolName}`, 'remove the storage pool')
  return true
}
