/** One change of the box at a time: a kernel lock, held by a child that ends with us. */
import { CopseError } from '../../lib/errors.ts'
import { boxName } from './box.ts'
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
    const lock = await lockFile(path, signal)
    if (lock) return lock
  }
}

/** Undefined: the file was another's, and went with its lock. */
async function lockFile(path: string, signal: AbortSignal): Promise<AsyncDisposable | undefined> {
  const { execa } = await import('execa')
  const holder = execa('flock', ['-w', String(patience), path, 'sh', '-c', hold, 'hold', path], {
    stdin: 'pipe',
    reject: false,
    buffer: false,
    detached: true,
    cancelSignal: signal,
  })
  const [said] = await Promise.race([onceData(holder.stdout), holder.then(() => [undefined])])
  if (said === undefined) throw whyNot(path, signal)
  const lock = {
    async [Symbol.asyncDispose]() {
      holder.stdin.end()
      await holder
    },
  }
  if (String(said).startsWith('held')) return lock
  await lock[Symbol.asyncDispose]()
  return undefined
}

function onceData(stream: NodeJS.ReadableStream): Promise<readonly unknown[]> {
  return new Promise((resolve) => stream.once('data', (chunk) => resolve([chunk])))
}

function whyNot(path: string, signal: AbortSignal): CopseError {
  if (signal.aborted) return new CopseError('interrupted', 'interrupted while waiting for the box')
  return new CopseError('locked', `another run has been changing this box for ${patience} s (${path})`, {
    hint: `see who: fuser -v ${path}`,
  })
}
