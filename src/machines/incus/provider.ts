/** The machine provider `incus`: system containers of Incus or LXD on a box. */
import { CopseError } from '../../lib/errors.ts'
import type { Host } from '../../model/environment.ts'
import type { IncusSpec } from '../../model/provider.ts'
import type { Finding, MachineProvider, ProviderContext } from '../provider.ts'
import { findAdoptable, takeOver } from './adopt.ts'
import type { BoxContext } from './box.ts'
import { accessTo } from './box-access.ts'
import { lockBox } from './box-lock.ts'
import { boxPackages } from './box-packages.ts'
import { type Client, connect } from './client.ts'
import { wakeEngine } from './daemon.ts'
import { doorOf, whyNoPin } from './door.ts'
import { examineBox } from './examine.ts'
import { finding } from './finding.ts'
import { imageStore } from './golden.ts'
import { requireHeld } from './holding.ts'
import { removeInstance } from './instance-changes.ts'
import { instanceOf, instancesOf, readInstances } from './instances.ts'
import { mendIsolation } from './isolation.ts'
import { operatorKeyFile } from './keys.ts'
import { listMachines } from './list.ts'
import { ensureMachine } from './machine.ts'
import { dropPin, readPin } from './pins.ts'
import { prepareBox, requireRoot } from './prepare.ts'
import { publishingAt } from './publishing.ts'
import { reach } from './reach.ts'
import { releaseBox } from './release.ts'
import { replaceMachine } from './replace.ts'
import { giveFullShare } from './share.ts'
import { volumeStore } from './volumes.ts'

/** Opens the box when it is first needed; disposing closes it. */
export function incusProvider(spec: IncusSpec): MachineProvider {
  const { destination, at, jump, ...access } = accessTo(spec)
  const running = async (context: ProviderContext) => runningEngine(await at(context))
  const there = async (context: ProviderContext) => engineOf(await at(context))
  const held = async (context: ProviderContext) => heldEngineOf(await at(context))
  const pinOf = async (context: ProviderContext, host: Host) => {
    const pin = await readPin(context.stateDir, host.name)
    if (pin) return pin
    throw await whyNoPin(await at(context), host)
  }
  const way = destination === undefined ? { staysHere: true } : { jump: { destination } }
  return {
    name: 'incus',
    makesMachines: true,
    examine: (context) => examineFrom(destination, () => at(context)),
    list: async (context) => listMachines(await at(context)),
    prepare: async (context) => prepareBox(await at(context)),
    mend: async (context) => mendIsolation((await at(context)).box),
    create: async (context, host, image) => ensureMachine(await held(context), context, { host, image }),
    replace: async (context, host, replacing) =>
      replaceMachine(await held(context), context, { host, ...replacing }),
    start: async (context, host) => ensureMachine(await held(context), context, { host }),
    async giveFullShare(context, host) {
      const client = await held(context)
      const found = instanceOf(await readInstances(client), context, host.name)
      if (found) await giveFullShare(client, found)
    },
    images: imageStore(running),
    volumes: volumeStore(running),
    packages: boxPackages(at),
    publishing: publishingAt(at),
    adoption: {
      find: async (context) => findAdoptable(await there(context), context),
      take: async (context, { owner }) => takeOver(await there(context), context, owner),
    },
    async destroy(context, host) {
      const client = await held(context)
      const found = instancesOf(await readInstances(client), context, host)
      await Promise.all(found.map((one) => removeInstance(client, one)))
      await dropPin(context.stateDir, host)
    },
    release: async (context) => release(await at(context)),
    async target(context, host) {
      const { hostKey } = await pinOf(context, host)
      return {
        address: host.address,
        port: 22,
        user: 'root',
        identityFile: operatorKeyFile(context.stateDir),
        hostKey,
        ...way,
      }
    },
    door: async (context, host) => ({ ...(await doorOf(await at(context), host)), ...way }),
    identity: async (context, host) => (await pinOf(context, host)).uuid,
    ...(jump && { jump }),
    [Symbol.asyncDispose]: access[Symbol.asyncDispose],
  }
}

/** Where the box is another machine, the way to it is looked at first: without it nothing else can be. */
async function examineFrom(
  destination: string | undefined,
  at: () => Promise<BoxContext>,
): Promise<readonly Finding[]> {
  if (destination === undefined) return examineBox(await at())
  const way = await finding('box', async () => `${(await at()).box.name} lets copse in as root`)
  return way.ok ? [way, ...(await examineBox(await at()))] : [way]
}

async function release(context: BoxContext): Promise<void> {
  const { box, signal, environment } = context
  const found = await reach(box, signal)
  if (found.state === 'silent') throw found.trouble
  if (found.state === 'down') return
  requireRoot(box, `destroy ${environment.name} --purge`)
  await using _lock = await lockBox(found.engine, signal)
  await releaseBox(connect(found.engine), context)
}

async function runningEngine({ box, signal }: BoxContext): Promise<Client | undefined> {
  const found = await reach(box, signal)
  return found.state === 'answers' ? connect(found.engine) : undefined
}

/** The engine of machines that are there already. What it has begun is let finish, whatever the signal says. */
async function engineOf({ environment, box, signal }: BoxContext): Promise<Client> {
  const found = await reach(box, signal)
  if (found.state === 'silent') throw found.trouble
  const engine = found.state === 'answers' ? found.engine : await wakeEngine(found.engines, signal)
  if (engine) return connect(engine)
  throw new CopseError('failed', 'the container engine does not run', {
    hint: `copse up ${environment.name}`,
  })
}

/** That of an environment that this operator holds the way in to. */
async function heldEngineOf(context: BoxContext): Promise<Client> {
  const client = await engineOf(context)
  await requireHeld(client, context)
  return client
}
