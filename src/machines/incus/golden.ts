/** Golden images: machines that were made once, kept as stopped instances, and shared by all environments of an engine. */
import { CopseError } from '../../lib/errors.ts'
import type { DebianRelease } from '../../model/environment.ts'
import type { Image, ImageStore, ProviderContext } from '../provider.ts'
import { type Instance, WholeInstance } from './api.ts'
import type { Client } from './client.ts'
import { removeInstance, stopInstance } from './instance-changes.ts'
import { instanceOf, readInstances } from './instances.ts'
import { labels, poolName } from './names.ts'
import { dropPin } from './pins.ts'
import { readRecipe } from './template.ts'

/** Older ones would bring packages that have been mended since. */
const longestMs = 7 * 24 * 3600 * 1000

/** The name of the instance that keeps an image. */
export function goldenName(id: string): string {
  return `copse-golden-${id}`
}

/** True of the instances that keep images. */
export function isGolden({ config }: Pick<Instance, 'config'>): boolean {
  return config[labels.image] !== undefined && config[labels.image] !== ''
}

/** `clientOf` answers with an engine that runs; undefined where none does. */
export function imageStore(clientOf: (context: ProviderContext) => Promise<Client | undefined>): ImageStore {
  return {
    async list(context) {
      const client = await clientOf(context)
      if (!client) return []
      const kept = (await readInstances(client)).filter(isGolden)
      return Promise.all(kept.map((instance) => describe(client, instance)))
    },
    async keep(context, host, image) {
      const client = await clientOf(context)
      const found = client && instanceOf(await readInstances(client), context, host.name)
      if (!found)
        throw new CopseError('failed', `${host.machine} is gone before it could be kept as an image`)
      await stopInstance(client, found.name)
      await removeInstance(client, { name: goldenName(image.id) })
      await strip(client, found, image)
      await rename(client, found.name, goldenName(image.id))
      await dropPin(context.stateDir, host.name)
    },
    async remove(context, id) {
      const client = await clientOf(context)
      if (client) await removeInstance(client, { name: goldenName(id) })
    },
  }
}

async function describe({ engine }: Client, { config }: Instance): Promise<Image> {
  const debian: DebianRelease = config[labels.debian] === '12' ? 12 : 13
  const made = config[labels.made] ?? ''
  const age = Date.now() - Date.parse(made)
  const { name } = await readRecipe(engine.box, debian)
  return {
    id: config[labels.image] ?? '',
    made,
    debian,
    holds: config[labels.holds] ?? '',
    isFresh: age >= 0 && age < longestMs && config[labels.base] === name,
  }
}

/** Takes what made it one environment's machine: its labels, its limits and its place on the network. */
async function strip(client: Client, { name }: Instance, image: Pick<Image, 'id' | 'holds'>): Promise<void> {
  const path = `/1.0/instances/${name}`
  const whole = await client.read(path, WholeInstance)
  if (!whole) throw new CopseError('failed', `${name} is gone`)
  const kept = Object.entries(whole.config).filter(
    ([key]) => !/^(limits|boot)\.|^user\.copse\./.test(key) || key === labels.debian || key === labels.base,
  )
  const config = {
    ...Object.fromEntries(kept),
    [labels.template]: 'yes',
    [labels.stage]: 'made',
    [labels.image]: image.id,
    [labels.holds]: image.holds,
    [labels.made]: new Date().toISOString(),
  }
  const json = { ...whole, config, devices: { root: { type: 'disk', path: '/', pool: poolName } } }
  await client.change({ method: 'PUT', path, what: `keep ${name}`, body: { json } })
}

async function rename(client: Client, from: string, to: string): Promise<void> {
  const body = { json: { name: to } }
  await client.change({ method: 'POST', path: `/1.0/instances/${from}`, what: `name ${from} ${to}`, body })
}
