/** An app's source as it travels: one archive in which nothing depends on when and where it was made. */
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { lstat, mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { pack } from 'tar-stream'
import { CopseError } from '../../lib/errors.ts'
import type { App } from '../../model/app.ts'
import { git, isInWorkTree } from './git.ts'
import { type Entry, entriesOfRevision } from './revision.ts'

/** The source of an app, packed; its directory goes when it is disposed. */
export interface PackedSource extends AsyncDisposable {
  /** A gzipped tar. */
  readonly file: string
  /** Of the file. */
  readonly digest: string
  /** Short id of the commit that it is, with `+` where the folder differs from it; `-` without git. */
  readonly commit: string
}

/** Throws CopseError where the folder or its revision is not there. */
export async function packSource(
  { name, source: { folder, ref } }: Pick<App, 'name' | 'source'>,
  signal: AbortSignal,
): Promise<PackedSource> {
  const found = await lstat(folder).catch(() => undefined)
  if (!found?.isDirectory()) throw new CopseError('config', `the source of ${name} is no folder: ${folder}`)
  await using made = new AsyncDisposableStack()
  const directory = await mkdtemp(join(tmpdir(), 'copse-source-'))
  made.defer(() => rm(directory, { recursive: true, force: true }))
  const { entries, commit } = await readSource(folder, ref, signal)
  const file = join(directory, 'source.tar.gz')
  const digest = await write(entries, file, signal)
  const kept = made.move()
  return { file, digest, commit, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}

interface Source {
  readonly entries: readonly Entry[]
  readonly commit: string
}

async function readSource(folder: string, ref: string | undefined, signal: AbortSignal): Promise<Source> {
  if (ref !== undefined) return entriesOfRevision({ folder, ref }, signal)
  if (!isInWorkTree(folder)) return { entries: await entriesBelow(folder, ['.']), commit: '-' }
  const listed = await git(folder, ['ls-files', '-z', '-co', '--exclude-standard', '--', '.'], signal)
  const paths = [...new Set(listed.toString().split('\0'))].filter((path) => path !== '')
  const [entries, commit] = await Promise.all([entriesBelow(folder, paths), commitOf(folder, signal)])
  return { entries, commit }
}

async function commitOf(folder: string, signal: AbortSignal): Promise<string> {
  const head = await git(folder, ['rev-parse', '--verify', '--quiet', '--short', 'HEAD'], signal).catch(
    () => '',
  )
  if (`${head}` === '') return '-'
  const changed = await git(folder, ['status', '--porcelain', '--', '.'], signal)
  return `${head}`.trim() + (changed.length > 0 ? '+' : '')
}

/** Never part of a source: what is installed and what git keeps. */
const left = ['node_modules', '.git']

/** Files and links; what a path that is a directory holds. Files that are listed and gone are left out. */
async function entriesBelow(folder: string, paths: readonly string[]): Promise<readonly Entry[]> {
  const entries: Entry[] = []
  for (const path of paths.map((one) => one.replace(/\/$/, ''))) {
    const whole = join(folder, path)
    const found = await lstat(whole).catch(() => undefined)
    const name = path.replace(/^\.\//, '')
    if (found?.isDirectory()) {
      const names = (await readdir(whole)).filter((one) => !left.includes(one))
      entries.push(
        ...(await entriesBelow(
          folder,
          names.map((one) => (path === '.' ? one : `${path}/${one}`)),
        )),
      )
    } else if (found?.isSymbolicLink()) entries.push({ name, link: await readlink(whole) })
    else if (found?.isFile())
      entries.push({ name, isProgram: (found.mode & 0o100) !== 0, content: () => readFile(whole) })
  }
  return entries
}

/** Sorted, with neither times nor owners; returns the digest of the file. */
async function write(entries: readonly Entry[], file: string, signal: AbortSignal): Promise<string> {
  const archive = pack()
  const filled = fill(archive, entries).catch((error: unknown) =>
    archive.destroy(error instanceof Error ? error : new Error(String(error))),
  )
  await Promise.all([
    filled,
    pipeline(archive, createGzip({ level: 1 }), createWriteStream(file), { signal }),
  ])
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash, { signal })
  return hash.digest('hex')
}

async function fill(archive: ReturnType<typeof pack>, entries: readonly Entry[]): Promise<void> {
  const sorted = entries.toSorted((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))
  for (const entry of sorted) {
    const head = { name: entry.name, mtime: new Date(0), uid: 0, gid: 0 }
    if ('link' in entry) archive.entry({ ...head, type: 'symlink', linkname: entry.link, mode: 0o777 })
    else {
      const content = await entry.content()
      await new Promise<void>((resolve, reject) =>
        archive.entry({ ...head, mode: entry.isProgram ? 0o755 : 0o644 }, content, (error) =>
          error ? reject(error) : resolve(),
        ),
      )
    }
  }
  archive.finalize()
}
