/** A branch of a repository as one file, for where it is to be fetched from. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sha256 } from '../../lib/digest.ts'
import { git } from '../apps/git.ts'

/** The file; its directory goes when it is disposed. */
export interface Bundle extends AsyncDisposable {
  readonly file: string
  /** SHA-256 of it. */
  readonly digest: string
}

/** Only what these commits, which the other side has, do not lead to. */
export async function bundleOf(
  folder: string,
  { branch, known }: { readonly branch: string; readonly known: readonly string[] },
  signal: AbortSignal,
): Promise<Bundle> {
  await using made = new AsyncDisposableStack()
  const directory = await mkdtemp(join(tmpdir(), 'copse-push-'))
  made.defer(() => rm(directory, { recursive: true, force: true }))
  const file = join(directory, 'bundle')
  const words = ['bundle', 'create', '--quiet', file, `refs/heads/${branch}`]
  // None is made of nothing new: a branch of a commit that is there already.
  await git(folder, [...words, ...known.map((id) => `^${id}`)], signal).catch(() =>
    git(folder, words, signal),
  )
  const digest = sha256(await readFile(file))
  const kept = made.move()
  return { file, digest, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}
