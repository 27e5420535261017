/**
 * Artifacts that an operator keeps, in a directory beside the state of all environments of a config: an environment that is made
 * anew is given them instead of building again. They only save time.
 */
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createZstdDecompress } from 'node:zlib'
import pLimit from 'p-limit'
import { sha256 } from '../../lib/digest.ts'
import { CopseError } from '../../lib/errors.ts'
import { type Transport, Unreachable } from '../../transports/transport.ts'
import type { Session } from '../session.ts'
import { type Layer, parseLayers } from './layers.ts'

/** An artifact that is kept. */
export interface KeptArtifact {
  /** The digest of its list of layers. */
  readonly artifact: string
  /** Its size, compressed. */
  readonly bytes: number
}

/** Seconds after which what nobody asked for goes. */
const longest = 30 * 24 * 3600

/** Artifacts have layers in common: what one has brought the next one need not. */
const oneAtATime = pLimit(1)

/** Where an environment's operator keeps them. */
export function artifactsDirectory(stateDir: string): string {
  return join(dirname(stateDir), '.artifacts')
}

/** All of them, of every environment of the config. */
export function removeArtifacts(stateDir: string): Promise<void> {
  return rm(artifactsDirectory(stateDir), { recursive: true, force: true })
}

/** Of a build known by `key`, puts the artifact into the store of `host`; undefined where it is not kept, or not whole. */
export async function giveBuild(
  session: Session,
  transport: Transport,
  key: string,
): Promise<KeptArtifact | undefined> {
  const file = join(artifactsDirectory(session.context.stateDir), `${key}.build`)
  const artifact = await readFile(file, 'utf8').catch(() => undefined)
  if (artifact === undefined || !(await isTouched(file))) return undefined
  return giveArtifact(session, transport, artifact)
}

/** Puts an artifact that is kept into the store of a host; undefined where it is not kept, or not whole. */
export async function giveArtifact(
  { context: { stateDir, signal, emit } }: Session,
  transport: Transport,
  artifact: string,
): Promise<KeptArtifact | undefined> {
  const directory = artifactsDirectory(stateDir)
  const listed = join(directory, `${artifact}.layers`)
  const list = await readFile(listed, 'utf8').catch(() => undefined)
  if (list === undefined) return undefined
  const layers = parseLayers(artifact, list)
  const files = layers.map(({ digest }) => join(directory, `${digest}.tar.zst`))
  const touched = await Promise.all([listed, ...files].map(isTouched))
  if (touched.includes(false)) return undefined
  const kept = { artifact, list, layers, directory }
  const trouble = await oneAtATime(() => give(transport, kept, signal))
  if (trouble !== undefined) {
    emit({ event: 'progress', subject: 'artifacts', message: `what is kept here is of no use: ${trouble}` })
    return undefined
  }
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size))
  return { artifact, bytes: sizes.reduce((a, b) => a + b, 0) }
}

/** Keeps what a build known by `key` came to; where that fails nothing is lost, and it is said why. */
export async function keepBuild(
  session: Session,
  transport: Transport,
  { key, artifact }: { readonly key: string; readonly artifact: string },
): Promise<void> {
  const { stateDir, emit } = session.context
  try {
    await keepArtifact(session, transport, artifact)
    await write(join(artifactsDirectory(stateDir), `${key}.build`), artifact)
  } catch (error) {
    const isOurs = error instanceof CopseError || error instanceof Unreachable
    if (!isOurs && !(error instanceof Error && 'code' in error)) throw error
    emit({ event: 'progress', subject: 'artifacts', message: `was not kept here: ${error.message}` })
  }
}

/** Brings what is not here yet of an artifact from the store of a host. Throws CopseError where that has not got it. */
export async function keepArtifact(
  { context: { stateDir, signal } }: Session,
  transport: Transport,
  artifact: string,
): Promise<void> {
  const directory = artifactsDirectory(stateDir)
  await mkdir(directory, { recursive: true, mode: 0o700 })
  await prune(directory)
  const sent = { main: { text: sendList }, artifact: { text: artifact } }
  const { stdout: list } = await transport.run(sent, signal)
  await oneAtATime(async () => {
    for (const { digest } of parseLayers(artifact, list)) {
      const file = join(directory, `${digest}.tar.zst`)
      if (!(await isTouched(file))) await bringLayer(transport, { digest, file }, signal)
    }
  })
  await write(join(directory, `${artifact}.layers`), list)
}

const sendList = 'cat "/srv/artifacts/files/$(cat artifact).layers"\n'

interface Kept {
  readonly artifact: string
  readonly list: string
  readonly layers: readonly Layer[]
  readonly directory: string
}

/** What the store lacks is sent, and looked at there before it is taken in; why it was not, if so. */
async function give(
  transport: Transport,
  { artifact, list, layers, directory }: Kept,
  signal: AbortSignal,
): Promise<string | undefined> {
  const listed = { list: { text: list }, artifact: { text: artifact } }
  const asked = await transport.run({ main: { text: lacking }, ...listed }, signal)
  const missing = asked.stdout.split('\n').filter((digest) => layers.some((layer) => layer.digest === digest))
  const files = await Promise.all(
    missing.map(async (layer) => {
      const file = join(directory, `${layer}.tar.zst`)
      return [`new/${layer}`, { file, digest: sha256(await readFile(file)) }] as const
    }),
  )
  const sent = { main: { text: takeIn }, ...listed, ...Object.fromEntries(files) }
  const { code, stderr } = await transport.run(sent, signal)
  return code === 0 ? undefined : stderr.trim()
}

const lacking = `while read -r digest _; do
  [ -e "/srv/artifacts/files/$digest.tar.zst" ] || echo "$digest"
done <list
`

const takeIn = `set -eu
store=/srv/artifacts/files
artifact=$(cat artifact)
for file in new/*; do
  [ -e "$file" ] || continue
  digest=\${file#new/}
  [ "$(zstd -dcq "$file" | sha256sum)" = "$digest  -" ] || { echo "the layer $digest came as another" >&2; exit 1; }
  install -m 644 "$file" "$store/.$digest.new"
  sync "$store/.$digest.new"
  mv "$store/.$digest.new" "$store/$digest.tar.zst"
done
[ "$(sha256sum <list)" = "$artifact  -" ]
install -m 644 list "$store/.$artifact.new"
sync "$store/.$artifact.new"
mv "$store/.$artifact.new" "$store/$artifact.layers"
`

const sendLayer = `dir=$PWD
digest=$(cat digest)
cd /
rm -rf "$dir"
exec base64 -w 65536 "/srv/artifacts/files/$digest.tar.zst"
`

async function bringLayer(
  transport: Transport,
  { digest, file }: { readonly digest: string; readonly file: string },
  signal: AbortSignal,
): Promise<void> {
  const lines = transport.stream({ main: { text: sendLayer }, digest: { text: digest } }, signal)
  const made = `${file}.${process.pid}`
  const decode = async function* () {
    for await (const line of lines) yield Buffer.from(line, 'base64')
  }
  try {
    await pipeline(Readable.from(decode()), createWriteStream(made), { signal })
    const hash = createHash('sha256')
    await pipeline(createReadStream(made), createZstdDecompress(), hash, { signal })
    if (hash.digest('hex') !== digest) throw new CopseError('failed', `the layer ${digest} came as another`)
    await rename(made, file)
  } finally {
    await rm(made, { force: true })
  }
}

/** Marks it as used; false where it is not there. */
async function isTouched(file: string): Promise<boolean> {
  const now = new Date()
  return utimes(file, now, now).then(
    () => true,
    () => false,
  )
}

async function write(file: string, text: string): Promise<void> {
  const made = `${file}.${process.pid}`
  await writeFile(made, text)
  await rename(made, file)
}

async function prune(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const file = join(directory, name)
    const found = await stat(file).catch(() => undefined)
    if (found && Date.now() - found.mtimeMs > longest * 1000) await rm(file, { force: true })
  }
}
