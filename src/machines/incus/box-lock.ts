/** One change of the box at a time: a kernel lock, held by a child that ends with us. */
import { CopseError } from '../../lib/errors.ts'
import type { Box } from './box.ts'
import { boxName } from './box-journal.ts'
import type { Engine } from './engine.ts'

/** Building images is the longest thing that is done under the lock. */
const patience = 900

/** Its file goes with the lock, and who has waited for one that is gone holds nothing. */
const hold = `for file in /proc/self/fd/*; do
  [ "$file" -ef "$1" ] || continue
  echo held
  cat
  rm -f "$1"
  exit
done
echo gone`

/** Waits for the lock of an engine's box; disposing frees it, and so does the end of this process. */
export async function lockBox(engine: Engine, signal: AbortSignal): Promise<AsyncDisposable> {
  const path = `/run/copse-${boxName(engine)}.lock`
  for (;;) {
    const lock = await lockFile(engine.box, path, signal)
    if (lock) return lock
  }
}

/** Undefined: the file was another's, and went with its lock. */
async function lockFile(box: Box, path: string, signal: AbortSignal): Promise<AsyncDisposable | undefined> {
  const words = ['-w', String(patience), path, 'sh', '-c', hold, 'hold', path]
  const holder = await box.attach('flock', words, signal)
  if (holder.said === undefined) throw whyNot(box, path, signal)
  if (holder.said.startsWith('held')) return holder
  await holder[Symbol.asyncDispose]()
  return undefined
}

function whyNot(box: Box, path: string, signal: AbortSignal): CopseError {
  if (signal.aborted) return new CopseError('interrupted', 'interrupted while waiting for the box')
  return new CopseError('locked', `another run has been changing ${box.name} for ${patience} s (${path})`, {
    hint: `see who: fuser -v ${path}`,
  })
}
