/**
 * Base systems that machines are copied from, one for each engine and release, shared by all environments there: stopped
 * instances, because a copy of one costs nothing and is mapped to its ids already, which a machine made from an image is not.
 */
import { CopseError } from '../../lib/errors.ts'
import { withUndo } from '../../lib/undo.ts'
import type { DebianRelease } from '../../model/environment.ts'
import { Instance } from './api.ts'
import { readAuthorities } from './authorities.ts'
import type { Box } from './box.ts'
import type { Client } from './client.ts'
import { dropImages, importImage } from './image.ts'
import { removeInstance, startInstance, stopInstance } from './instance-changes.ts'
import { readMirrors } from './mirrors.ts'
import { labels, poolName } from './names.ts'
import { type Recipe, recipeFor } from './recipe.ts'

/** The recipe of a release on a box. */
export async function readRecipe(box: Box, release: DebianRelease): Promise<Recipe> {
  const [mirrors, authorities] = await Promise.all([readMirrors(box), readAuthorities(box)])
  return recipeFor(release, mirrors, authorities)
}

/** The finished template of a recipe; undefined when it has not been built here. */
export async function findTemplate(client: Client, recipe: Recipe): Promise<Instance | undefined> {
  const found = await client.read(`/1.0/instances/${recipe.name}`, Instance)
  return found && isTemplate(found) && found.config[labels.stage] === 'made' ? found : undefined
}

export function isTemplate({ config }: Pick<Instance, 'config'>): boolean {
  return config[labels.template] === 'yes'
}

/** Builds the template of a recipe. Call it under the box's lock: what an earlier build left is removed first. */
export async function buildTemplate(client: Client, recipe: Recipe, signal: AbortSignal): Promise<void> {
  const { name } = recipe
  const left = await client.read(`/1.0/instances/${name}`, Instance)
  if (left && !isTemplate(left))
    throw new CopseError('refused', `the engine has a '${name}' that copse did not make`)
  if (left) await removeInstance(client, left)
  await dropImages(client)
  const fingerprint = await importImage(client, recipe, signal)
  await withUndo(async (remember) => {
    remember(() => removeInstance(client, { name }))
    await createFrom(client, recipe, fingerprint)
    await mapIds(client, name)
  })
  await dropImages(client)
}

async function createFrom(client: Client, { name }: Recipe, fingerprint: string): Promise<void> {
  const json = {
    name,
    type: 'container',
    source: { type: 'image', fingerprint },
    profiles: [],
    // An init that does nothing: starting maps the files to their ids, and the template stays as it was built.
    config: {
      [labels.template]: 'yes',
      [labels.stage]: 'making',
      'raw.lxc': 'lxc.init.cmd = /bin/sleep infinity',
    },
    devices: { root: { type: 'disk', path: '/', pool: poolName } },
  }
  await client.change({ method: 'POST', path: '/1.0/instances', what: `make ${name}`, body: { json } })
}

async function mapIds(client: Client, name: string): Promise<void> {
  await startInstance(client, name)
  await stopInstance(client, name)
  await client.change({
    method: 'PATCH',
    path: `/1.0/instances/${name}`,
    what: `finish ${name}`,
    body: { json: { config: { [labels.stage]: 'made', 'raw.lxc': '' } } },
  })
}
