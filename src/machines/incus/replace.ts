/** Makes the machine of a host anew: the old one runs until the new one could take its place. */
import { CopseError } from '../../lib/errors.ts'
import { withUndo } from '../../lib/undo.ts'
import type { ProviderContext, Replacing } from '../provider.ts'
import { type Instance, WholeInstance } from './api.ts'
import type { Client } from './client.ts'
import { removeInstance } from './instance-changes.ts'
import { instancesOf, isHalfMade, readInstances } from './instances.ts'
import { begin, ensureMachine, place, removeAll, stage, stopIfAborted, type Wanted } from './machine.ts'
import { instanceName, labels, otherName, ownerOf } from './names.ts'

/** Where it fails before the old machine has ended, that one stays as it is; afterwards nothing is left of either. */
export async function replaceMachine(
  client: Client,
  context: ProviderContext,
  { host, image, mayEnd, ending }: Wanted & Replacing,
): Promise<void> {
  const instances = await readInstances(client)
  const [old, ...left] = instancesOf(instances, context, host.name)
  if (!old || isHalfMade(old)) return ensureMachine(client, context, { host, image })
  await removeAll(client, left)
  const owner = ownerOf(context)
  const usual = instanceName(owner, host.machine)
  const name = old.name === usual ? otherName(owner, host.machine) : usual
  if (instances.some((one) => one.name === name && !left.includes(one)))
    throw new CopseError('refused', `the engine has a '${name}' that copse did not make`)
  const making = { client, context, host, image }
  await withUndo(async (remember) => {
    const next = await stage(making, { name }, remember)
    await mayEnd()
    stopIfAborted(context.signal)
    context.progress(host.name, 'ends its old machine')
    await swap(client, {
      old,
      isDataShared: host.volumes.length > 0,
      ending,
      async begin() {
        await place(making, next)
        await begin(making, next, remember)
      },
    })
  })
}

interface Swap {
  readonly old: Instance
  /** Both have the host's volumes. */
  readonly isDataShared: boolean
  readonly ending: Replacing['ending']
  begin(): Promise<void>
}

/**
 * Ends the old machine and begins the new one: after the new one has booted where that has its address alone, since both at
 * once would take all of a small box from those who serve; never while both could write the same data.
 */
async function swap(client: Client, { old, isDataShared, ending, begin }: Swap): Promise<void> {
  if (old.status !== 'Running' || isDataShared) {
    await removeInstance(client, old)
    return begin()
  }
  await unplug(client, old)
  try {
    await begin()
  } catch (error) {
    await removeInstance(client, old).catch(() => undefined)
    throw error
  }
  ending(removeInstance(client, old))
}

/** Takes its place on the network from a machine that runs: from then on it only waits for its removal. */
async function unplug(client: Client, { name }: Instance): Promise<void> {
  const path = `/1.0/instances/${name}`
  const whole = await client.read(path, WholeInstance)
  if (!whole) return
  const { eth0: _eth0, ...devices } = whole.devices
  const json = { ...whole, devices, config: { ...whole.config, [labels.stage]: 'ending' } }
  await client.change({ method: 'PUT', path, what: `take ${name} off its network`, body: { json } })
}
