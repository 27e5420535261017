/** Takes away what an environment needed on its box; what others share goes with the last of them. */
import { CopseError } from '../../lib/errors.ts'
import { Networks, Paths } from './api.ts'
import type { BoxContext } from './box.ts'
import { findBridge } from './bridge.ts'
import type { Client } from './client.ts'
import { stopEngine } from './daemon.ts'
import { removeEngineFiles } from './engine-files.ts'
import { removeEngineTable } from './engine-table.ts'
import { restoreForwarding } from './forwarding.ts'
import { requireHeld } from './holding.ts'
import { dropImages } from './image.ts'
import { restoreInotifyLimit } from './inotify.ts'
import { removeInstance } from './instance-changes.ts'
import { ownInstances, readInstances } from './instances.ts'
import { ensureIsolation } from './isolation.ts'
import { removeLines } from './lines.ts'
import { bridgeName, labels, ownerOf, poolName } from './names.ts'
import { findPool } from './pool.ts'
import { setPublished } from './publish.ts'
import { isTemplate } from './template.ts'

/** Call it under the box's lock, when the environment has no machine any more. */
export async function releaseBox(client: Client, context: BoxContext): Promise<void> {
  const { environment } = context
  await requireHeld(client, context)
  const instances = await readInstances(client)
  const own = ownInstances(instances, context)
  if (own.length > 0)
    throw new CopseError('refused', `${environment.name} still has ${own.length} machines`, {
      hint: `copse destroy ${environment.name}`,
    })
  await setPublished(client.engine, context, [])
  const bridge = bridgeName(ownerOf(context))
  if (await findBridge(client, context))
    await client.remove(`/1.0/networks/${bridge}`, `remove the network ${environment.subnet}`)
  await ensureIsolation(client.engine.box)
  if (await isShared(client)) return
  for (const template of instances.filter(isTemplate)) await removeInstance(client, template)
  await dropImages(client)
  await restoreForwarding(client.engine)
  if (await removePool(client)) await releaseEngine(client)
}

/** Ends an engine that copse started and that nobody else took into use, and what was changed for it. */
async function releaseEngine(client: Client): Promise<void> {
  const { engine } = client
  if ((await isUsed(client)) || !(await stopEngine(engine))) return
  await removeEngineTable(engine)
  await removeLines(engine)
  await restoreInotifyLimit(engine)
  await removeEngineFiles(engine)
}

/** True while the engine holds things that copse did not make. */
export async function isUsed(client: Client): Promise<boolean> {
  const networks = (await client.read('/1.0/networks?recursion=1', Networks)) ?? []
  const lists = ['instances', 'images', 'storage-pools'].map((kind) => client.read(`/1.0/${kind}`, Paths))
  const others = (await Promise.all(lists)).flatMap((paths) => paths ?? [])
  return others.length > 0 || networks.some(({ managed }) => managed)
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
