/** The machine provider `incus`: system containers of Incus or LXD on this box. */
import { CopseError } from '../../lib/errors.ts'
import type { Host } from '../../model/environment.ts'
import type { MachineProvider, ProviderContext } from '../provider.ts'
import { findAdoptable, takeOver } from './adopt.ts'
import { lockBox } from './box-lock.ts'
import { boxPackages } from './box-packages.ts'
import { type Client, connect } from './client.ts'
import { wakeEngine } from './daemon.ts'
import { doorOf, whyNoPin } from './door.ts'
import { examineBox } from './examine.ts'
import { imageStore } from './golden.ts'
import { requireHeld } from './holding.ts'
import { removeInstance } from './instance-changes.ts'
import { instancesOf, readInstances } from './instances.ts'
import { mendIsolation } from './isolation.ts'
import { operatorKeyFile } from './keys.ts'
import { listMachines } from './list.ts'
import { ensureMachine } from './machine.ts'
import { dropPin, readPin } from './pins.ts'
import { prepareBox, requireRoot } from './prepare.ts'
import { reach } from './reach.ts'
import { releaseBox } from './release.ts'
import { replaceMachine } from './replace.ts'
import { volumeStore } from './volumes.ts'

export const incus: MachineProvider = {
  name: 'incus',
  makesMachines: true,
  examine: examineBox,
  list: listMachines,
  prepare: prepareBox,
  mend: mendIsolation,
  create: async (context, host, image) =>
    ensureMachine(await heldEngineOf(context), context, { host, image }),
  replace: async (context, host, replacing) =>
    replaceMachine(await heldEngineOf(context), context, { host, ...replacing }),
  start: async (context, host) => ensureMachine(await heldEngineOf(context), context, { host }),
  images: imageStore(runningEngine),
  volumes: volumeStore(runningEngine),

  async destroy(context, host) {
    const client = await heldEngineOf(context)
    const found = instancesOf(await readInstances(client), context, host)
    await Promise.all(found.map((one) => removeInstance(client, one)))
    await dropPin(context.stateDir, host)
  },

  packages: boxPackages,

  adoption: {
    find: async (context) => findAdoptable(await engineOf(context), context),
    take: async (context, { owner }) => takeOver(await engineOf(context), context, owner),
  },

  async release(context) {
    const found = await reach(context.signal)
    if (found.state === 'silent') throw found.trouble
    if (found.state === 'down') return
    requireRoot(`destroy ${context.environment.name} --purge`)
    await using _lock = await lockBox(found.engine, context.signal)
    await releaseBox(connect(found.engine), context)
  },

  async target(context, host) {
    const { hostKey } = await pinOf(context, host)
    return {
      address: host.address,
      port: 22,
      user: 'root',
      identityFile: operatorKeyFile(context.stateDir),
      hostKey,
      staysHere: true,
    }
  },

  door: doorOf,

  identity: async (context, host) => (await pinOf(context, host)).uuid,
}

async function runningEngine({ signal }: ProviderContext): Promise<Client | undefined> {
  const found = await reach(signal)
  return found.state === 'answers' ? connect(found.engine) : undefined
}

/** The engine of machines that are there already. What it has begun is let finish, whatever the signal says. */
async function engineOf({ environment, signal }: ProviderContext): Promise<Client> {
  const found = await reach(signal)
  if (found.state === 'silent') throw found.trouble
  const engine = found.state === 'answers' ? found.engine : await wakeEngine(found.engines, signal)
  if (engine) return connect(engine)
  throw new CopseError('failed', 'the container engine does not run', {
    hint: `copse up ${environment.name}`,
  })
}

/** That of an environment that this operator holds the way in to. */
async function heldEngineOf(context: ProviderContext): Promise<Client> {
  const client = await engineOf(context)
  await requireHeld(client, context)
  return client
}

async function pinOf(context: ProviderContext, host: Host) {
  const pin = await readPin(context.stateDir, host.name)
  if (pin) return pin
  throw await whyNoPin(context, host)
}
