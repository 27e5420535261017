/** Images that templates are made from: built by mmdebstrap, given to the engine, and dropped when the template is made. */
import { createReadStream } from 'node:fs'
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { CopseError } from '../../lib/errors.ts'
import { type Image, Images } from './api.ts'
import { boxName } from './box.ts'
import type { Client } from './client.ts'
import { packMetadata } from './image-metadata.ts'
import { mmdebstrapArguments, type Recipe } from './recipe.ts'
import { run } from './tool.ts'

/** Room for the tree that is built: a box's /tmp is often memory. */
const workshop = '/var/tmp'

/** What builds there dies a moment after it was killed. */
const removal = { recursive: true, force: true, maxRetries: 10, retryDelay: 200 }

/** The property of an image that says which recipe it was made from. */
const recipeProperty = 'copse.recipe'

/** Builds an image and returns its fingerprint in the engine. Call it under the box's lock. */
export async function importImage(client: Client, recipe: Recipe, signal: AbortSignal): Promise<string> {
  const prefix = `copse-${boxName(client.engine)}-`
  await sweep(prefix)
  const directory = await mkdtemp(join(workshop, prefix))
  try {
    await writeFile(join(directory, 'debian.sources'), recipe.sources)
    await writeFile(join(directory, 'finish.sh'), recipe.script)
    await build(recipe, directory, signal)
    await upload(client, recipe, directory)
  } finally {
    await rm(directory, removal)
  }
  const [image] = await ownImages(client)
  if (!image) throw new CopseError('failed', `${recipe.name} is not in the engine after its import`)
  return image.fingerprint
}

/**
 * Runs mmdebstrap in namespaces of its own, which end with us: nothing stays mounted and nothing goes on building, however
 * copse ends.
 */
async function build(recipe: Recipe, directory: string, signal: AbortSignal): Promise<void> {
  const fence = ['--pdeathsig', 'KILL', 'unshare', '--mount', '--propagation', 'private']
  const box = [...fence, '--pid', '--fork', '--kill-child', 'mmdebstrap']
  await run('setpriv', [...box, ...mmdebstrapArguments(recipe)], {
    cwd: directory,
    env: { TMPDIR: directory },
    seconds: 900,
    signal,
    what: `building ${recipe.name}`,
    hint: 'apt-get update, which asks the same package mirrors',
  })
}

/** Removes every image that copse made. */
export async function dropImages(client: Client): Promise<void> {
  for (const { fingerprint } of await ownImages(client))
    await client.remove(`/1.0/images/${fingerprint}`, `remove the image ${fingerprint.slice(0, 12)}`)
}

async function ownImages(client: Client): Promise<readonly Image[]> {
  const images = (await client.read('/1.0/images?recursion=1', Images)) ?? []
  return images.filter(({ properties }) => properties?.[recipeProperty] !== undefined)
}

/** Removes what a build left that was killed; under the box's lock nobody else builds for this engine. */
async function sweep(prefix: string): Promise<void> {
  const left = (await readdir(workshop)).filter((name) => name.startsWith(prefix))
  for (const name of left) await rm(join(workshop, name), removal)
}

/** Uncompressed: the engine is on this box, and unpacking would cost more than it saves. */
async function upload(client: Client, recipe: Recipe, directory: string): Promise<void> {
  const { header } = client.engine.product
  const root = join(directory, 'root.tar')
  const boundary = `copse-${recipe.name}`
  const metadata = await packMetadata(recipe.name)
  const head = Buffer.concat([
    partHead(boundary, 'metadata'),
    metadata,
    Buffer.from('\r\n'),
    partHead(boundary, 'rootfs'),
  ])
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
    headers: { [`${header}-properties`]: `${recipeProperty}=${recipe.name}`, [`${header}-public`]: '0' },
    body: {
      stream: Readable.from(body()),
      length: head.length + (await stat(root)).size + tail.length,
      type: `multipart/form-data; boundary=${boundary}`,
    },
  })
}

function partHead(boundary: string, field: string): Buffer {
  return Buffer.from(
    `--${boundary}\r\nContent-Disposition: form-data; name="${field}"; filename="${field}.tar"\r\n` +
      'Content-Type: application/octet-stream\r\n\r\n',
  )
}
