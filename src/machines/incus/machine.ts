/** Makes one machine, from its keys to the answer of its SSH server; half-way nothing is left. */
import { randomUUID } from 'node:crypto'
import { CopseError } from '../../lib/errors.ts'
import { type Remember, withUndo } from '../../lib/undo.ts'
import type { Host } from '../../model/environment.ts'
import type { ProviderContext } from '../provider.ts'
import type { Instance } from './api.ts'
import type { Client } from './client.ts'
import { type GuestFile, guestFiles } from './guest-files.ts'
import { findImage } from './image.ts'
import { instanceOf, isHalfMade, readInstances, stateOf } from './instances.ts'
import { ensureOperatorKey, makeKeyPair } from './keys.ts'
import { bridgeName, instanceName, labels, macAddress, ownerOf, ownLabels, poolName } from './names.ts'
import { dropPin, writePin } from './pins.ts'
import { untilSshAnswers } from './ssh-answer.ts'

/** Makes the machine of a host, or starts the one that is there. */
export async function ensureMachine(client: Client, context: ProviderContext, host: Host): Promise<void> {
  const instances = await readInstances(client)
  const { state, detail } = stateOf(instances, context, host)
  if (state === 'foreign' || state === 'unknown')
    throw new CopseError('refused', `${host.machine}: ${detail}`, {
      hint: `copse status ${context.environment.name}`,
    })
  const found = instanceOf(instances, context, host.name)
  if (found && !isHalfMade(found)) {
    if (found.status !== 'Running') await startInstance(client, found.name)
    return untilSshAnswers(client, { name: found.name, host, signal: context.signal })
  }
  if (found) await removeInstance(client, found)
  await withUndo((remember) => make({ client, context, host }, remember))
}

interface Making {
  readonly client: Client
  readonly context: ProviderContext
  readonly host: Host
}

async function make(making: Making, remember: Remember): Promise<void> {
  const { client, context, host } = making
  const { environment, stateDir, signal, progress } = context
  const name = instanceName(ownerOf(context), host.machine)
  progress(host.name, `makes its machine (Debian ${host.debian})`)
  const uuid = randomUUID()
  const hostKey = await makeKeyPair(stateDir)
  const operatorKey = await ensureOperatorKey(stateDir)
  const body = await describeInstance(making, uuid)
  stopIfAborted(signal)
  remember(() => removeByName(client, name))
  await client.change({ method: 'POST', path: '/1.0/instances', what: `make ${name}`, body: { json: body } })
  for (const file of guestFiles(environment, host, { uuid, hostKey, operatorKey }))
    await pushFile(client, name, file)
  remember(() => dropPin(stateDir, host.name))
  await writePin(stateDir, host.name, { uuid, hostKey: hostKey.public })
  await client.change({
    method: 'PATCH',
    path: `/1.0/instances/${name}`,
    what: `label ${name}`,
    body: { json: { config: { [labels.stage]: 'made' } } },
  })
  stopIfAborted(signal)
  await startInstance(client, name)
  progress(host.name, 'waits for its SSH server')
  await untilSshAnswers(client, { name, host, signal })
}

/** Every device is named here, so that nothing depends on what the engine's default profile holds. */
async function describeInstance({ client, context, host }: Making, uuid: string): Promise<unknown> {
  const owner = ownerOf(context)
  const image = await findImage(client, host.debian)
  if (!image)
    throw new CopseError(
      'failed',
      `there is no image of Debian ${host.debian} in ${client.engine.product.name}`,
      {
        hint: `copse up ${context.environment.name}`,
      },
    )
  const { cpu, memory } = host.limits
  return {
    name: instanceName(owner, host.machine),
    type: 'container',
    source: { type: 'image', fingerprint: image.fingerprint },
    profiles: [],
    config: {
      ...ownLabels(context),
      [labels.host]: host.name,
      [labels.uuid]: uuid,
      [labels.debian]: String(host.debian),
      [labels.stage]: 'making',
      'boot.autostart': 'true',
      ...(cpu !== undefined && { 'limits.cpu': String(cpu) }),
      ...(memory !== undefined && { 'limits.memory': `${memory}MiB` }),
    },
    devices: {
      root: { type: 'disk', path: '/', pool: poolName },
      eth0: {
        type: 'nic',
        name: 'eth0',
        network: bridgeName(owner),
        hwaddr: macAddress(owner, host.name),
        'ipv4.address': host.address,
      },
    },
  }
}

async function pushFile(client: Client, name: string, { path, mode, text }: GuestFile): Promise<void> {
  const { header } = client.engine.product
  await client.change({
    method: 'POST',
    path: `/1.0/instances/${name}/files?${new URLSearchParams({ path })}`,
    what: `write ${path} of ${name}`,
    headers: {
      [`${header}-type`]: 'file',
      [`${header}-uid`]: '0',
      [`${header}-gid`]: '0',
      [`${header}-mode`]: mode,
      [`${header}-write`]: 'overwrite',
    },
    body: { text },
  })
}

async function startInstance(client: Client, name: string): Promise<void> {
  await changeState(client, name, { action: 'start' })
}

/** Stops it hard: whatever was worth keeping on a machine that is removed is not kept on it. */
export async function removeInstance(client: Client, { name, status }: Instance): Promise<void> {
  if (status !== 'Stopped') await changeState(client, name, { action: 'stop', force: true })
  await client.remove(`/1.0/instances/${name}`, `remove ${name}`)
}

async function removeByName(client: Client, name: string): Promise<void> {
  const found = (await readInstances(client)).find((instance) => instance.name === name)
  if (found) await removeInstance(client, found)
}

async function changeState(
  client: Client,
  name: string,
  state: { action: string; force?: boolean },
): Promise<void> {
  await client.change({
    method: 'PUT',
    path: `/1.0/instances/${name}/state`,
    what: `${state.action} ${name}`,
    body: { json: { ...state, timeout: 60 } },
  })
}

/** Only between steps: what the engine has begun is let finish, so that it can be undone. */
function stopIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new CopseError('interrupted', 'interrupted while a machine was made')
}
