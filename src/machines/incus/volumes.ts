/** Data volumes: volumes of the pool that machines are given at their paths, and that stay when the machines go. */
import type { Host } from '../../model/environment.ts'
import type { KeptVolume, ProviderContext, VolumeStore } from '../provider.ts'
import { type Instance, Volumes } from './api.ts'
import type { Client } from './client.ts'
import { requireHeld } from './holding.ts'
import { labels, ownerOf, ownLabels, poolName, volumeName } from './names.ts'

const path = `/1.0/storage-pools/${poolName}/volumes/custom`

/** `clientOf` answers with an engine that runs; undefined where none does. */
export function volumeStore(
  clientOf: (context: ProviderContext) => Promise<Client | undefined>,
): VolumeStore {
  return {
    async list(context) {
      const client = await clientOf(context)
      return client ? listVolumes(client, context) : []
    },
    async remove(context, { host, name }) {
      const client = await clientOf(context)
      if (client) await requireHeld(client, context)
      const found =
        client && (await ownVolumes(client, context)).find((one) => one.host === host && one.name === name)
      if (found) await client.remove(`${path}/${found.inPool}`, `delete the volume ${name} of ${host}`)
    },
  }
}

/** Those of the environment, whether the definition still names them or not. */
export async function listVolumes(client: Client, context: ProviderContext): Promise<readonly KeptVolume[]> {
  return (await ownVolumes(client, context)).map(({ host, name }) => ({ host, name }))
}

/** Makes those of a host that are not there yet. */
export async function ensureVolumes(client: Client, context: ProviderContext, host: Host): Promise<void> {
  if (host.volumes.length === 0) return
  const there = await ownVolumes(client, context)
  for (const { name } of host.volumes) {
    if (there.some((one) => one.host === host.name && one.name === name)) continue
    const config = { ...ownLabels(context), [labels.host]: host.name, [labels.volume]: name }
    const json = { name: volumeName(ownerOf(context), host.name, name), content_type: 'filesystem', config }
    await client.change({
      method: 'POST',
      path,
      what: `make the volume ${name} of ${host.name}`,
      body: { json },
    })
  }
}

/** The devices that put a host's volumes at their paths. */
export function volumeDevices(context: ProviderContext, { name: host, volumes }: Host) {
  const owner = ownerOf(context)
  return Object.fromEntries(
    volumes.map(({ name, path }) => [
      deviceName(name),
      { type: 'disk', pool: poolName, source: volumeName(owner, host, name), path },
    ]),
  )
}

/** Volumes of the definition that an instance does not have, or has elsewhere. */
export function lacking({ devices }: Pick<Instance, 'devices'>, { volumes }: Host): readonly string[] {
  return volumes.filter(({ name, path }) => devices[deviceName(name)]?.path !== path).map(({ name }) => name)
}

/** Gives a machine, running or not, the volumes that it lacks. */
export async function attachVolumes(
  client: Client,
  context: ProviderContext,
  { instance, host }: { readonly instance: Instance; readonly host: Host },
): Promise<void> {
  if (lacking(instance, host).length === 0) return
  await ensureVolumes(client, context, host)
  const json = { devices: { ...instance.devices, ...volumeDevices(context, host) } }
  await client.change({
    method: 'PATCH',
    path: `/1.0/instances/${instance.name}`,
    what: `give ${host.machine} its volumes`,
    body: { json },
  })
}

function deviceName(volume: string): string {
  return `volume-${volume}`
}

interface OwnVolume extends KeptVolume {
  /** Its name in the pool. */
  readonly inPool: string
}

async function ownVolumes(client: Client, context: ProviderContext): Promise<readonly OwnVolume[]> {
  const owner = ownerOf(context)
  const all = (await client.read(`${path}?recursion=1`, Volumes)) ?? []
  return all.flatMap(({ name: inPool, config }) => {
    const { [labels.owner]: whose, [labels.host]: host, [labels.volume]: name } = config
    return whose === owner && host !== undefined && name !== undefined ? [{ host, name, inPool }] : []
  })
}
