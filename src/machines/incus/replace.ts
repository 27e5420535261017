/** Makes the machine of a host anew: the old one runs until the new one could take its place. */
import { CopseError } from '../../lib/errors.ts'
import { withUndo } from '../../lib/undo.ts'
import type { ProviderContext, Replacing } from '../provider.ts'
import type { Client } from './client.ts'
import { removeInstance } from './instance-changes.ts'
import { instancesOf, isHalfMade, readInstances } from './instances.ts'
import { begin, ensureMachine, removeAll, stage, stopIfAborted, type Wanted } from './machine.ts'
import { instanceName, otherName, ownerOf } from './names.ts'

/** Where it fails before the old machine has ended, that one stays as it is; afterwards nothing is left of either. */
export async function replaceMachine(
  client: Client,
  context: ProviderContext,
  { host, image, mayEnd }: Wanted & Replacing,
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
    const next = await stage(making, name, remember)
    await mayEnd()
    stopIfAborted(context.signal)
    context.progress(host.name, 'ends its old machine')
    await removeInstance(client, old)
    await begin(making, next, remember)
  })
}
