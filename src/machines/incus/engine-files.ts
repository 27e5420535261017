/** The files of an engine that copse was the first to start: all of them are there because of copse, and go with it. */
import { basename, dirname, join } from 'node:path'
import { CopseError } from '../../lib/errors.ts'
import type { Box } from './box.ts'
import { boxFile, readBox, writeBox } from './box-journal.ts'
import type { Engine } from './engine.ts'

/** Remembers whether the engine has ever run. Call it before it is installed and started, under the box's lock. */
export async function noteEngineFiles(engine: Engine): Promise<void> {
  const { directory, product, box } = engine
  const found = await box.list(directory)
  if (found.includes('database')) return
  // The usual directory is a package's; in another, copse's journal may be all that there is, or the operator made it.
  const isOwn = directory !== product.directory && found.every((name) => name === journalOf(engine))
  const isMade = isOwn && (found.length > 0 || !(await box.exists(directory)))
  await writeBox(engine, { ...(await readBox(engine)), files: isMade ? 'directory' : 'contents' })
}

/** Removes them; the engine has ended, and nothing but copse's own was in it. */
export async function removeEngineFiles(engine: Engine): Promise<void> {
  const { files, ...journal } = await readBox(engine)
  if (files === undefined) return
  const { directory, product, box } = engine
  await refuseMounts(box, directory)
  for (const name of await box.list(directory))
    if (name !== journalOf(engine)) await box.remove(join(directory, name))
  if (product.runDirectory && directory === product.directory) await box.remove(product.runDirectory)
  await removeLocks(box, directory)
  await writeBox(engine, journal)
  // It stays while the journal in it has packages to name.
  if (files === 'directory') await box.removeEmpty(directory)
}

/** The name that copse's journal has where it lies in the engine's own directory. */
function journalOf(engine: Engine): string {
  return basename(boxFile(engine, 'json'))
}

/** liblxc keeps a lock file of each machine under the engine's path. Directories that others use are not empty. */
async function removeLocks(box: Box, directory: string): Promise<void> {
  const locks = '/run/lxc/lock'
  await box.remove(join(locks, directory))
  for (let at = dirname(join(locks, directory)); at !== '/run'; at = dirname(at)) await box.removeEmpty(at)
}

/** What is mounted there may hold anything. */
async function refuseMounts(box: Box, directory: string): Promise<void> {
  const table = (await box.read('/proc/self/mountinfo')) ?? ''
  const mounted = table
    .split('\n')
    .flatMap((line) => line.split(' ')[4] ?? [])
    .find((point) => point.startsWith(`${directory}/`))
  if (mounted !== undefined)
    throw new CopseError(
      'refused',
      `the files in ${directory} are not removed: something is mounted on ${mounted}`,
      { hint: `umount ${mounted}` },
    )
}
