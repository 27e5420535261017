/** The files of a folder as a revision of its git repository has them. */
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { extract } from 'tar-stream'
import { CopseError } from '../../lib/errors.ts'
import { git, isInWorkTree } from './git.ts'

/** One file or link of a source, by its path below the folder. */
export type Entry =
  | { readonly name: string; readonly link: string }
  | { readonly name: string; readonly isProgram: boolean; content(): Promise<Uint8Array> }

/** Throws CopseError where there is no such revision, or no such folder in it. */
export async function entriesOfRevision(
  { folder, ref }: { readonly folder: string; readonly ref: string },
  signal: AbortSignal,
): Promise<{ readonly entries: readonly Entry[]; readonly commit: string }> {
  if (!isInWorkTree(folder))
    throw new CopseError('config', `${folder} is in no git repository, and ${ref} is to be built`)
  const commit = await git(
    folder,
    ['rev-parse', '--verify', '--short', '--end-of-options', `${ref}^{commit}`],
    signal,
  )
  const id = commit.toString().trim()
  const prefix = (await git(folder, ['rev-parse', '--show-prefix'], signal)).toString().replace(/\n$/, '')
  const top = (await git(folder, ['rev-parse', '--show-toplevel'], signal)).toString().replace(/\n$/, '')
  const tree = `${id}:${prefix.replace(/\/$/, '')}`
  return { entries: await entriesOf(await git(top, ['archive', '--format=tar', tree], signal)), commit: id }
}

async function entriesOf(archive: Buffer): Promise<readonly Entry[]> {
  const entries: Entry[] = []
  for await (const entry of Readable.from([archive]).pipe(extract())) {
    const { name, type, linkname, mode = 0o644 } = entry.header
    const content = await buffer(entry)
    if (type === 'symlink') entries.push({ name, link: linkname ?? '' })
    if (type === 'file') entries.push({ name, isProgram: (mode & 0o100) !== 0, content: async () => content })
  }
  return entries
}
