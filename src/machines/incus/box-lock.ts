/** One change of the box at a time: a kernel lock, held by a child that ends with us. */
import { CopseError } from '../../lib/errors.ts'
import { boxName } from './box.ts'
import type { Engine } from './engine.ts'

/** Building images is the longest thing that is done under the lock. */
const patience = 900

/** Waits for the lock of an engine's box; disposing frees it, and so does the end of this process. */
export async function lockBox(engine: Engine, signal: AbortSignal): Promise<AsyncDisposable> {
  const path = `/run/copse-${boxName(engine)}.lock`
  const { execa } = await import('execa')
  const holder = execa('flock', ['-w', String(patience), path, 'sh', '-c', 'echo held; exec cat'], {
    stdin: 'pipe',
    reject: false,
    buffer: false,
    detached: true,
    cancelSignal: signal,
  })
  const [said] = await Promise.race([onceData(holder.stdout), holder.then(() => [undefined])])
  if (said === undefined) throw whyNot(path, signal)
  return {
    async [Symbol.asyncDispose]() {
      holder.stdin.end()
      await holder
    },
  }
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
