/** Starting, stopping and removing one instance of an engine. */
import { setTimeout as sleep } from 'node:timers/promises'
import { CopseError } from '../../lib/errors.ts'
import { Instance } from './api.ts'
import type { Client } from './client.ts'

export interface StateChange {
  readonly action: 'start' | 'stop'
  /** Without asking its init. */
  readonly force?: boolean
}

export async function changeState(client: Client, name: string, state: StateChange): Promise<void> {
  await client.change({
    method: 'PUT',
    path: `/1.0/instances/${name}/state`,
    what: `${state.action} ${name}`,
    body: { json: { ...state, timeout: 60 } },
  })
}

/**
 * Stops it hard, since whatever is worth keeping is not kept on a machine that is removed. An engine refuses while it is
 * still busy with the instance, for a moment after its init ended: so it is asked again for some seconds.
 */
export async function removeInstance(client: Client, { name }: Pick<Instance, 'name'>): Promise<void> {
  const path = `/1.0/instances/${name}`
  const deadline = performance.now() + 15_000
  for (;;) {
    try {
      const found = await client.read(path, Instance)
      if (!found) return
      if (found.status !== 'Stopped') await changeState(client, name, { action: 'stop', force: true })
      return await client.remove(path, `remove ${name}`)
    } catch (error) {
      if (!(error instanceof CopseError) || error.code !== 'failed' || performance.now() > deadline)
        throw error
      await sleep(300)
    }
  }
}
