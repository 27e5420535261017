/** The storage pool that holds the machines of all environments of an engine. */
import { join } from 'node:path'
import { CopseError } from '../../lib/errors.ts'
import { Pool } from './api.ts'
import type { Client } from './client.ts'
import { poolName } from './names.ts'

const GiB = 2 ** 30
/** What an engine and four small hosts need at least, in GiB. */
export const leastRoom = 6

export async function findPool(client: Client): Promise<Pool | undefined> {
  const pool = await client.read(`/1.0/storage-pools/${poolName}`, Pool)
  if (pool && pool.config['user.copse.pool'] !== 'yes')
    throw new CopseError('refused', `the storage pool '${poolName}' was not made by copse`, {
      hint: `rename or remove it: ${client.engine.product.client} storage show ${poolName}`,
    })
  return pool
}

/** Makes the pool: btrfs, where copies cost nothing; a plain directory where btrfs does not work. */
export async function createPool(client: Client, say: (message: string) => void): Promise<void> {
  const { freeBytes, isBtrfs } = await client.engine.box.room(client.engine.directory)
  const free = freeBytes / GiB
  if (free < leastRoom)
    throw new CopseError(
      'failed',
      `${free.toFixed(1)} GiB are free in ${client.engine.directory}, ${leastRoom} GiB wanted`,
      { hint: 'make room on that disk' },
    )
  // On btrfs the pool is a subvolume at the one place inside its directory that an engine allows.
  const source = join(client.engine.directory, 'storage-pools', poolName)
  const config = isBtrfs ? { source } : { size: `${poolSize(free)}GiB` }
  try {
    await make(client, 'btrfs', config)
  } catch (error) {
    if (!(error instanceof CopseError) || error.code !== 'failed') throw error
    say(`uses a plain directory as storage pool, which is slower: ${error.message}`)
    await make(client, 'dir', {})
  }
}

/** In GiB. The file is sparse: it takes what is used, so half of the free room is a bound and no reservation. */
export function poolSize(free: number): number {
  return Math.floor(Math.min(100, Math.max(leastRoom - 1, free / 2)))
}

async function make(client: Client, driver: string, config: Readonly<Record<string, string>>): Promise<void> {
  await client.change({
    method: 'POST',
    path: '/1.0/storage-pools',
    what: `make the storage pool (${driver})`,
    body: { json: { name: poolName, driver, config: { ...config, 'user.copse.pool': 'yes' } } },
  })
}
