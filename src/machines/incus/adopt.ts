/** Moves the way in to an environment to this operator: its names and labels stay, only keys change. */
import { existsSync } from 'node:fs'
import { CopseError } from '../../lib/errors.ts'
import { rememberOwner } from '../owner.ts'
import type { Adoptable, ProviderContext } from '../provider.ts'
import type { Instance } from './api.ts'
import type { Client } from './client.ts'
import { operatorKeysFile } from './guest-files.ts'
import { bridgeAddress, type Holding, meantBy, noteHolder, readHoldings, stateDirOf } from './holding.ts'
import { isHalfMade, ownInstances, readInstances, stateOf, strangers } from './instances.ts'
import { ensureOperatorKey, operatorKeyFile, withOperatorKey } from './keys.ts'
import { readMachineFile, writeMachineFile } from './machine-files.ts'
import { labels, operatorOf, ownerOf } from './names.ts'
import { dropPin, pinnedHosts, readPin, writePin } from './pins.ts'
import { listVolumes } from './volumes.ts'

/** Undefined: this operator has the keys to all of it already. */
export async function findAdoptable(
  client: Client,
  context: ProviderContext,
): Promise<Adoptable | undefined> {
  const holding = chooseHolding(await readHoldings(client, context), context)
  const { owner, operator, isMoving, who, since } = holding
  const theirs = { ...context, owner }
  const instances = await readInstances(client)
  const isOurs = owner === ownerOf(context) && operator === operatorOf(context) && !isMoving
  if (isOurs && (await hasAllKeys(ownInstances(instances, theirs), context))) return undefined
  const found = context.environment.hosts.map((host) => stateOf(instances, theirs, host))
  return {
    owner,
    holder: `${who || 'an operator of an older copse'}${since === '' ? '' : `, since ${since.slice(0, 10)}`}`,
    stateDir: stateDirOf(holding, context),
    machines: [...found.filter(({ state }) => state !== 'absent'), ...strangers(instances, theirs)],
    volumes: await listVolumes(client, theirs),
  }
}

/** Throws where nothing is there, or where it is not clear what is meant. Pure. */
export function chooseHolding(holdings: readonly Holding[], context: ProviderContext): Holding {
  const { name, ecosystem, subnet } = context.environment
  const meant = meantBy(holdings, context)
  const others = holdings.filter((holding) => holding !== meant).map(({ address }) => address)
  if (meant) {
    const wanted = bridgeAddress(context.environment)
    const another = holdings.find((holding) => holding !== meant && holding.address === wanted)
    if (!another) return meant
    throw new CopseError('refused', `${name} of your own is on this box too, on ${meant.address}`, {
      hint: `give ${name} that subnet again, then copse destroy ${name} --purge; after that ${another.address} can be adopted`,
    })
  }
  if (others.length === 0)
    throw new CopseError('failed', `there is no ${name} of ${ecosystem} on this box to adopt`, {
      hint: `copse up ${name} makes it`,
    })
  throw new CopseError(
    'refused',
    `${name} of ${ecosystem} is on this box on ${others.join(' and ')}, the config says ${subnet}`,
    { hint: `give ${name} the subnet of the one that is meant` },
  )
}

async function hasAllKeys(instances: readonly Instance[], { stateDir }: ProviderContext): Promise<boolean> {
  const whole = instances.filter((instance) => !isHalfMade(instance))
  if (whole.length > 0 && !existsSync(operatorKeyFile(stateDir))) return false
  const pins = await Promise.all(whole.map(({ config }) => readPin(stateDir, config[labels.host] ?? '')))
  return whole.every(({ config }, at) => pins[at]?.uuid === config[labels.uuid])
}

/** The network says `moving` from before the first key changes until all have: cut short, everybody is told to go on. */
export async function takeOver(client: Client, context: ProviderContext, owner: string): Promise<number> {
  const taking = { ...context, owner }
  const { stateDir, progress } = context
  await noteHolder(client, taking, 'moving')
  const key = await ensureOperatorKey(stateDir)
  const machines = ownInstances(await readInstances(client), taking).filter(
    (instance) => !isHalfMade(instance),
  )
  let last = 0
  for (const machine of machines) {
    await requireStill(client, taking)
    last = Math.max(last, await takeMachine(client, { machine, key, stateDir }))
    progress(machine.config[labels.host] ?? machine.name, 'takes your key')
  }
  const hosts = machines.map(({ config }) => config[labels.host])
  for (const host of await pinnedHosts(stateDir)) if (!hosts.includes(host)) await dropPin(stateDir, host)
  await requireStill(client, taking)
  await rememberOwner(stateDir, owner === operatorOf(context) ? undefined : owner)
  await noteHolder(client, taking, 'made')
  return last
}

interface Taking {
  readonly machine: Instance
  readonly key: string
  readonly stateDir: string
}

/** The highest run that the machine has seen. */
async function takeMachine(client: Client, { machine, key, stateDir }: Taking): Promise<number> {
  const { name, config } = machine
  const hostKey = await readHostKey(client, name)
  if (hostKey === undefined)
    throw new CopseError('failed', `${name} has no host key in ${hostKeyFile}`, {
      hint: `see what became of it: ${client.engine.product.client} exec ${name} -- ls -l /etc/ssh`,
    })
  const before = (await readMachineFile(client, name, operatorKeysFile)) ?? ''
  const text = withOperatorKey(before, key)
  if (text !== before) await writeMachineFile(client, name, { path: operatorKeysFile, mode: '0600', text })
  await writePin(stateDir, config[labels.host] ?? name, { uuid: config[labels.uuid] ?? '', hostKey })
  return Number(await readMachineFile(client, name, '/var/lib/copse/run')) || 0
}

const hostKeyFile = '/etc/ssh/ssh_host_ed25519_key.pub'

/** The public host key of a machine as its own file has it: the engine vouches for where it was read. */
export async function readHostKey(client: Client, instance: string): Promise<string | undefined> {
  return (await readMachineFile(client, instance, hostKeyFile))?.trim()
}

/** Two that adopt at once: the later one goes on. */
async function requireStill(client: Client, context: ProviderContext): Promise<void> {
  const holdings = await readHoldings(client, context)
  const now = holdings.find(({ owner }) => owner === context.owner)
  if (now?.operator === operatorOf(context)) return
  throw new CopseError(
    'refused',
    `another operator (${now?.who}) adopts ${context.environment.name} just now`,
    {
      hint: `copse status ${context.environment.name}`,
    },
  )
}
