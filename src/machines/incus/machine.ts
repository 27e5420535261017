/** Makes one machine, from its keys to the answer of its SSH server; half-way nothing is left. */
import { randomUUID } from 'node:crypto'
import { CopseError } from '../../lib/errors.ts'
import { type Remember, withUndo } from '../../lib/undo.ts'
import type { Host } from '../../model/environment.ts'
import type { ProviderContext } from '../provider.ts'
import type { Instance } from './api.ts'
import type { Client } from './client.ts'
import { goldenName } from './golden.ts'
import { guestFiles } from './guest-files.ts'
import { removeInstance, startInstance } from './instance-changes.ts'
import { instancesOf, isHalfMade, readInstances, stateOf } from './instances.ts'
import { ensureOperatorKey, makeKeyPair } from './keys.ts'
import { writeFirstFile } from './machine-files.ts'
import { bridgeName, instanceName, labels, macAddress, ownerOf, ownLabels, poolName } from './names.ts'
import { dropPin, type Pin, writePin } from './pins.ts'
import { giveFullShare, givingWay } from './share.ts'
import { untilSshAnswers } from './ssh-answer.ts'
import { findTemplate, readRecipe } from './template.ts'
import { attachVolumes, ensureVolumes, volumeDevices } from './volumes.ts'

export interface Wanted {
  readonly host: Host
  /** The id of the golden image to copy. Default: the base system. */
  readonly image?: string | undefined
}

/** Makes the machine of a host, or starts the one that is there. */
export async function ensureMachine(client: Client, context: ProviderContext, wanted: Wanted): Promise<void> {
  const { host } = wanted
  const instances = await readInstances(client)
  const { state, detail } = stateOf(instances, context, host)
  if (state === 'foreign' || state === 'unknown')
    throw new CopseError('refused', `${host.machine}: ${detail}`, {
      hint: `copse status ${context.environment.name}`,
    })
  const [found, ...others] = instancesOf(instances, context, host.name)
  const isMade = found && !isHalfMade(found)
  await removeAll(client, found && !isMade ? [found, ...others] : others)
  if (!isMade) return withUndo((remember) => make({ client, context, ...wanted }, remember))
  await attachVolumes(client, context, { instance: found, host })
  await giveFullShare(client, found)
  if (found.status !== 'Running') await startInstance(client, found.name)
  await untilSshAnswers(client, { name: found.name, host, signal: context.signal })
}

export async function removeAll(client: Client, instances: readonly Instance[]): Promise<void> {
  await Promise.all(instances.map((one) => removeInstance(client, one)))
}

export interface Making extends Wanted {
  readonly client: Client
  readonly context: ProviderContext
}

async function make(making: Making, remember: Remember): Promise<void> {
  const name = instanceName(ownerOf(making.context), making.host.machine)
  const staged = await stage(making, { name, place: placeOf(making) }, remember)
  await begin(making, staged, remember)
}

/** A machine with all that it is given before its first boot. */
export interface Staged {
  readonly name: string
  readonly pin: Pin
}

export interface Staging {
  readonly name: string
  /** Default: it gets none yet. */
  readonly place?: Place
}

/** Makes one that does not run yet. */
export async function stage(making: Making, staging: Staging, remember: Remember): Promise<Staged> {
  const { client, context, host } = making
  const { name } = staging
  const { environment, stateDir, signal, progress } = context
  progress(host.name, `makes its machine (Debian ${host.debian})`)
  const uuid = randomUUID()
  const [hostKey, operatorKey, body] = await Promise.all([
    makeKeyPair(stateDir),
    ensureOperatorKey(stateDir),
    describeInstance(making, { ...staging, uuid }),
    ensureVolumes(client, context, host),
  ])
  stopIfAborted(signal)
  remember(() => removeInstance(client, { name }))
  await client.change({ method: 'POST', path: '/1.0/instances', what: `make ${name}`, body: { json: body } })
  const files = guestFiles(environment, host, { uuid, hostKey, operatorKey })
  await Promise.all(files.map((file) => writeFirstFile(client, name, file)))
  return { name, pin: { uuid, hostKey: hostKey.public } }
}

/** Gives it its place. */
export async function place(making: Making, { name }: Staged): Promise<void> {
  await making.client.change({
    method: 'PATCH',
    path: `/1.0/instances/${name}`,
    what: `give ${name} its place`,
    body: { json: placeOf(making) },
  })
}

/** Starts one that has its place. */
export async function begin(making: Making, { name, pin }: Staged, remember: Remember): Promise<void> {
  const { client, context, host } = making
  const { stateDir, signal, progress } = context
  remember(() => dropPin(stateDir, host.name))
  await writePin(stateDir, host.name, pin)
  stopIfAborted(signal)
  await startInstance(client, name)
  progress(host.name, 'waits for its SSH server')
  await untilSshAnswers(client, { name, host, signal })
}

interface Naming extends Staging {
  readonly uuid: string
}

/** Names its profiles and its root, so that nothing depends on what the engine's default profile holds. */
async function describeInstance(making: Making, { name, uuid, place }: Naming): Promise<unknown> {
  const { client, context, host, image } = making
  const template = await findTemplate(client, await readRecipe(client.engine.box, host.debian))
  if (!template)
    throw new CopseError(
      'failed',
      `there is no template of Debian ${host.debian} in ${client.engine.product.name}`,
      {
        hint: `copse up ${context.environment.name}`,
      },
    )
  const { cpu, memory } = host.limits
  return {
    name,
    type: 'container',
    source: { type: 'copy', source: image === undefined ? template.name : goldenName(image) },
    profiles: [],
    config: {
      ...ownLabels(context),
      [labels.host]: host.name,
      [labels.uuid]: uuid,
      [labels.debian]: String(host.debian),
      [labels.stage]: 'making',
      ...place?.config,
      [labels.template]: '',
      [labels.base]: template.name,
      [labels.image]: '',
      'boot.autostart': 'true',
      ...givingWay,
      ...(cpu !== undefined && { 'limits.cpu': String(cpu) }),
      ...(memory !== undefined && { 'limits.memory': `${memory}MiB` }),
    },
    devices: { root: { type: 'disk', path: '/', pool: poolName }, ...place?.devices },
  }
}

/** What only one machine of a host at a time can have: its address and its volumes. */
type Place = ReturnType<typeof placeOf>

function placeOf({ context, host }: Making) {
  const owner = ownerOf(context)
  return {
    config: { [labels.stage]: 'made' },
    devices: {
      eth0: {
        type: 'nic',
        name: 'eth0',
        network: bridgeName(owner),
        hwaddr: macAddress(owner, host.name),
        'ipv4.address': host.address,
      },
      ...volumeDevices(context, host),
    },
  }
}

/** Only between steps: what the engine has begun is let finish, so that it can be undone. */
export function stopIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new CopseError('interrupted', 'interrupted while a machine was made')
}
