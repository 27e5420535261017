/** Base images: built once for each engine and release, and shared by all environments there. */
import { createReadStream } from 'node:fs'
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import type { DebianRelease } from '../../model/environment.ts'
import { type Image, Images } from './api.ts'
import type { Client } from './client.ts'
import { packMetadata } from './image-metadata.ts'
import { readMirrors } from './mirrors.ts'
import { mmdebstrapArguments, type Recipe, recipeFor } from './recipe.ts'
import { run } from './tool.ts'

/** Room for the tree that is built: a box's /tmp is often memory. */
const workshop = '/var/tmp'
const prefix = 'copse-image-'

/** The property of an image that says which recipe it was made from. */
export const recipeProperty = 'copse.recipe'

/** The image of a release; undefined when it has not been built here. */
export async function findImage(client: Client, release: DebianRelease): Promise<Image | undefined> {
  const { name } = recipeFor(release, await readMirrors())
  const images = await client.read('/1.0/images?recursion=1', Images)
  return images?.find(({ properties }) => properties?.[recipeProperty] === name)
}

/** Builds the image of a release and gives it to the engine. Call it under the box's lock. */
export async function buildImage(client: Client, release: DebianRelease, signal: AbortSignal): Promise<void> {
  const recipe = recipeFor(release, await readMirrors())
  await sweep()
  const directory = await mkdtemp(join(workshop, prefix))
  try {
    await writeFile(join(directory, 'debian.sources'), recipe.sources)
    await writeFile(join(directory, 'finish.sh'), recipe.script)
    // In a mount namespace of its own nothing of the tree is left mounted on the box, however the build ends.
    const build = ['--mount', '--propagation', 'private', 'mmdebstrap', ...mmdebstrapArguments(recipe)]
    await run('unshare', build, { cwd: directory, seconds: 900, signal, env: { TMPDIR: directory } })
    await importImage(client, recipe, directory)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** Removes what a build left that was killed; under the box's lock nobody else builds. */
async function sweep(): Promise<void> {
  const left = (await readdir(workshop)).filter((name) => name.startsWith(prefix))
  for (const name of left) await rm(join(workshop, basename(name)), { recursive: true, force: true })
}

/** Uncompressed: the engine is on this box, and unpacking would cost more than it saves. */
async function importImage(client: Client, recipe: Recipe, directory: string): Promise<void> {
  const { header } = client.engine.product
  const root = join(directory, 'root.tar')
  const properties = new URLSearchParams({
    [recipeProperty]: recipe.name,
    description: `Debian ${recipe.codename}, base image of copse`,
  })
  const boundary = `copse-${recipe.name}`
  const part = (field: string) =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${field}"; filename="${field}.tar"\r\n` +
    'Content-Type: application/octet-stream\r\n\r\n'
  const metadata = await packMetadata(recipe.name)
  const head = Buffer.concat([Buffer.from(part('metadata')), metadata, Buffer.from(`\r\n${part('rootfs')}`)])
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`)
  async function* body() {
    yield head
    yield* createReadStream(root)
    yield tail
  }
  await client.change({
    method: 'POST',
    path: '/1.0/images',
    what: `import ${recipe.name}`,
    seconds: 300,
    headers: { [`${header}-properties`]: properties.toString(), [`${header}-public`]: '0' },
    body: {
      stream: Readable.from(body()),
      length: head.length + (await stat(root)).size + tail.length,
      type: `multipart/form-data; boundary=${boundary}`,
    },
  })
}
