/** Starting, stopping and removing one instance of an engine. */
import { setTimeout as sleep } from 'node:timers/promises'
import { CopseError } from '../../lib/errors.ts'
import { Instance } from './api.ts'
import type { Client } from './client.ts'

/** Starts it; one that something else starts meanwhile, such as an engine that has just come up itself, is as good. */
export async function startInstance(client: Client, name: string): Promise<void> {
  try {
    await changeState(client, name, { action: 'start' })
  } catch (error) {
    const found = await client.read(`/1.0/instances/${name}`, Instance)
    if (found?.status !== 'Running') throw error
  }
}

/** Stops it without asking its init. */
export async function stopInstance(client: Client, name: string): Promise<void> {
  await changeState(client, name, { action: 'stop', force: true })
}

async function changeState(
  client: Client,
  name: string,
  state: { readonly action: 'start' | 'stop'; readonly force?: boolean },
): Promise<void> {
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
      if (found.status !== 'Stopped') await stopInstance(client, name)
      return await client.remove(path, `remove ${name}`)
    } catch (error) {
      if (!(error instanceof CopseError) || error.code !== 'failed' || performance.now() > deadline)
        throw error
      await sleep(300)
    }
  }
}
