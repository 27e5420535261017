/** Runs the thread that evaluates a config, and survives whatever the config does in it. */
import { Worker } from 'node:worker_threads'
import type { Desired } from '../model/desired.ts'
import type { Reply } from './load-evaluate.ts'
import type { LoadTask, ThreadData } from './task.ts'

/** Megabytes of memory that a config may use, far above what any definition needs. */
const memory = 256

/**
 * What the thread says: that copse itself is loaded, so that what goes wrong now is the config's; what it has evaluated and
 * goes on to check; then its reply, which may be just that.
 */
export type Said = 'ready' | { readonly early: Desired } | 'as said' | Reply

/** When the thread is ended before it replies, and who is told before that. */
interface Limits {
  readonly signal?: AbortSignal | undefined
  /** In milliseconds. */
  readonly deadline: number
  readonly early?: ((desired: Desired) => void) | undefined
}

/** A thread that loads copse by itself and then waits for the one config that it is to evaluate. */
export interface ConfigThread extends AsyncDisposable {
  /** The reply, once; a thread that dies or hangs is a problem of the config. */
  ask(task: LoadTask, limits: Limits): Promise<Reply>
}

/** What `env(...)` reads. */
export type Variables = Readonly<Record<string, string | undefined>>

/** Starts one; to start it before it is needed saves the time that it takes to load. */
export function startThread(variables: Variables = process.env): ConfigThread {
  const worker = startWorker({ variables: { ...variables } })
  const { promise, resolve, reject } = Promise.withResolvers<Reply>()
  // Nobody may ever ask.
  promise.catch(() => undefined)
  let isReady = false
  let told: Desired | undefined
  let tell: Limits['early']
  let file: string | undefined
  const end = (error: unknown, why?: string) => {
    if (isReady && file !== undefined) resolve(brokenBy(file, { error, why }))
    else reject(error)
  }
  worker.on('message', (said: Said) => {
    if (said === 'ready') isReady = true
    else if (said === 'as said') told ? resolve({ desired: told }) : end(new Error('nothing was said'))
    else if ('early' in said) {
      told = said.early
      tell?.(told)
    } else resolve(said)
  })
  worker.on('error', (error) => end(error))
  worker.on('exit', () => end(undefined, 'it must not call process.exit()'))
  return {
    async ask(task, { signal, deadline, early }) {
      signal?.throwIfAborted()
      file = task.file
      tell = early
      worker.postMessage(task)
      const why = `it did not end within ${deadline / 1000} s: it loops or waits`
      const late = () => resolve(brokenBy(task.file, { why }))
      const timer = setTimeout(late, deadline)
      const abort = () => reject(signal?.reason)
      signal?.addEventListener('abort', abort)
      try {
        return await promise
      } finally {
        clearTimeout(timer)
        signal?.removeEventListener('abort', abort)
      }
    },
    async [Symbol.asyncDispose]() {
      await worker.terminate()
    },
  }
}

function startWorker(data: ThreadData): Worker {
  const worker = new Worker(new URL('./load-worker.ts', import.meta.url), {
    workerData: data,
    // Where this process keeps compiled modules: without it the thread's own first module costs 0.2 s to read.
    env:
      process.env.NODE_COMPILE_CACHE === undefined
        ? {}
        : { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE },
    argv: [],
    execArgv: [],
    stdout: true,
    resourceLimits: { maxOldGenerationSizeMb: memory },
  })
  worker.stdout.pipe(process.stderr, { end: false })
  return worker
}

interface Trouble {
  readonly error?: unknown
  /** Default: what the error says. */
  readonly why?: string | undefined
}

/** Loads what it needs only now, so that a thread is started at once. */
async function brokenBy(file: string, { error, why }: Trouble): Promise<Reply> {
  const { blamed, messageOf } = await import('./attempt.ts')
  const place = blamed(error) ?? { file, line: 1, column: 1 }
  return { problems: [{ message: `the config broke its own evaluation: ${why ?? messageOf(error)}`, place }] }
}
