/** Runs the worker that evaluates a config, and survives whatever the config does in it. */
import { Worker } from 'node:worker_threads'
import { blamed, messageOf } from './attempt.ts'
import type { Reply } from './load-evaluate.ts'
import type { LoadTask } from './task.ts'

/** Megabytes of memory that a config may use, far above what any definition needs. */
const memory = 256

/** What the worker says: that copse itself is loaded, so that what goes wrong now is the config's; then its reply. */
export type Said = 'ready' | Reply

/** When the worker is ended before it replies. */
interface Limits {
  readonly signal?: AbortSignal | undefined
  /** In milliseconds. */
  readonly deadline: number
}

/** The worker's reply; a worker that dies or hangs is a problem of the config. */
export async function askWorker(task: LoadTask, { signal, deadline }: Limits): Promise<Reply> {
  signal?.throwIfAborted()
  const worker = startWorker(task)
  const { promise, resolve, reject } = Promise.withResolvers<Reply>()
  const late = () => resolve(brokenBy(task, `it did not end within ${deadline / 1000} s: it loops or waits`))
  const timer = setTimeout(late, deadline)
  const abort = () => reject(signal?.reason)
  signal?.addEventListener('abort', abort)
  replyOf(worker, task).then(resolve, reject)
  try {
    return await promise
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
    await worker.terminate()
  }
}

function startWorker(task: LoadTask): Worker {
  const worker = new Worker(new URL('./load-worker.ts', import.meta.url), {
    workerData: task,
    env: {},
    argv: [],
    execArgv: [],
    stdout: true,
    resourceLimits: { maxOldGenerationSizeMb: memory },
  })
  worker.stdout.pipe(process.stderr, { end: false })
  return worker
}

function replyOf(worker: Worker, task: LoadTask): Promise<Reply> {
  const { promise, resolve, reject } = Promise.withResolvers<Reply>()
  let isReady = false
  worker.on('message', (said: Said) => {
    if (said === 'ready') isReady = true
    else resolve(said)
  })
  worker.on('error', (error) => {
    if (isReady) resolve(brokenBy(task, messageOf(error), error))
    else reject(error)
  })
  worker.on('exit', () => resolve(brokenBy(task, 'it must not call process.exit()')))
  return promise
}

function brokenBy({ file }: LoadTask, why: string, error?: unknown): Reply {
  const place = blamed(error) ?? { file, line: 1, column: 1 }
  return { problems: [{ message: `the config broke its own evaluation: ${why}`, place }] }
}
