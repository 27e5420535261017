/** Images that templates are made from: built by mmdebstrap, given to the engine, and dropped when the template is made. */
import { join } from 'node:path'
import { CopseError } from '../../lib/errors.ts'
import { type Image, Images } from './api.ts'
import type { Box } from './box.ts'
import { boxName } from './box-journal.ts'
import type { Client } from './client.ts'
import { socketOf } from './engine.ts'
import { mmdebstrapArguments, type Recipe } from './recipe.ts'

/** Room for the tree that is built: a box's /tmp is often memory. */
const workshop = '/var/tmp'

/** The property of an image that says which recipe it was made from. */
const recipeProperty = 'copse.recipe'

/** Builds an image and returns its fingerprint in the engine. Call it under the box's lock. */
export async function importImage(client: Client, recipe: Recipe, signal: AbortSignal): Promise<string> {
  const { box } = client.engine
  const prefix = `copse-${boxName(client.engine)}-`
  await sweep(box, prefix)
  const directory = await box.makeTemporary(join(workshop, prefix))
  try {
    await box.write(join(directory, 'debian.sources'), recipe.sources)
    await box.write(join(directory, 'finish.sh'), recipe.script)
    await writeAuthorities(box, recipe, join(directory, 'authorities'))
    await build(box, { recipe, directory, signal })
    await upload(client, recipe, directory)
  } finally {
    await box.remove(directory)
  }
  const [image] = await ownImages(client)
  if (!image) throw new CopseError('failed', `${recipe.name} is not in the engine after its import`)
  return image.fingerprint
}

async function writeAuthorities(box: Box, { authorities }: Recipe, directory: string): Promise<void> {
  if (authorities.length === 0) return
  await box.makeDirectory(directory, 0o755)
  for (const { name, text } of authorities) await box.write(join(directory, name), text)
}

interface Building {
  readonly recipe: Recipe
  readonly directory: string
  readonly signal: AbortSignal
}

/**
 * Runs mmdebstrap in namespaces of its own, which end with us: nothing stays mounted and nothing goes on building, however
 * copse ends.
 */
async function build(box: Box, { recipe, directory, signal }: Building): Promise<void> {
  const fence = ['--pdeathsig', 'KILL', 'unshare', '--mount', '--propagation', 'private']
  const fenced = [...fence, '--pid', '--fork', '--kill-child', 'mmdebstrap']
  await box.run('setpriv', [...fenced, ...mmdebstrapArguments(recipe)], {
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
async function sweep(box: Box, prefix: string): Promise<void> {
  const left = (await box.list(workshop)).filter((name) => name.startsWith(prefix))
  for (const name of left) await box.remove(join(workshop, name))
}

/** Uncompressed, since the engine is on the box too, and sent from there: a box may be far away. */
async function upload({ engine, settle }: Client, recipe: Recipe, directory: string): Promise<void> {
  const { box, product } = engine
  const { name } = recipe
  const architecture = (await box.run('uname', ['-m'], { seconds: 30 })).trim()
  await box.write(join(directory, 'metadata.yaml'), metadata(recipe, architecture))
  await writeNoFiles(box, recipe, join(directory, 'templates'))
  await box.run('tar', ['-cf', 'metadata.tar', 'metadata.yaml', 'templates'], { seconds: 30, cwd: directory })
  const headers = [
    `${product.header}-properties: ${recipeProperty}=${name}`,
    `${product.header}-public: 0`,
    'Expect:',
  ]
  const parts = ['metadata', 'rootfs'].map((field) => `${field}=@${field}.tar;type=application/octet-stream`)
  const words = [
    ...['--silent', '--show-error', '--unix-socket', socketOf(engine)],
    ...headers.flatMap((header) => ['--header', header]),
    ...parts.flatMap((part) => ['--form', part]),
    'http://engine/1.0/images',
  ]
  const what = `import ${name}`
  const answer = await box.run('curl', words, { seconds: 300, cwd: directory, what })
  await settle({ answer, what, seconds: 300 })
}

/** Without them a copy that somebody makes by hand, and gives nothing, would not start. */
async function writeNoFiles(box: Box, { files }: Recipe, directory: string): Promise<void> {
  await box.makeDirectory(directory, 0o755)
  for (const { template } of Object.values(files)) await box.write(join(directory, template), '')
}

/** What an engine wants to know of an image. */
function metadata({ name, files }: Recipe, architecture: string): string {
  const creation_date = Math.floor(Date.now() / 1000)
  const properties = { os: 'debian', description: name }
  // As YAML, of which JSON is a part.
  return JSON.stringify({ architecture, creation_date, properties, templates: files })
}
