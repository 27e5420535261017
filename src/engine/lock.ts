/** A lock between processes that the kernel frees when its holder dies. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, truncate, writeFile } from 'node:fs/promises'
import { hostname, userInfo } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { CopseError } from '../lib/errors.ts'

export interface LockOptions {
  /** What the operator typed: named to whoever waits in vain. */
  readonly holder: string
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** flock's exit code when the time is over; its own default, 1, also means other trouble. */
const conflict = 75

/**
 * Waits for the lock on `file`, which is made when missing; throws CopseError `locked` when the time is over.
 * Node has no flock: a child holds the lock until its standard input ends, and that ends with us.
 */
export async function acquireLock(
  file: string,
  { holder, timeoutMs, signal }: LockOptions,
): Promise<AsyncDisposable> {
  signal.throwIfAborted()
  const child = spawnHolder(file, timeoutMs)
  const stop = () => child.kill()
  signal.addEventListener('abort', stop, { once: true })
  try {
    const code = await Promise.race([once(child.stdout, 'data').then(() => 'held'), exitOf(child)])
    signal.throwIfAborted()
    if (code === conflict) throw await heldByAnother(file)
    if (code !== 'held') throw new CopseError('failed', `cannot lock ${file}: flock ended with ${code}`)
  } finally {
    signal.removeEventListener('abort', stop)
  }
  // Without room for a name it is a lock all the same.
  await writeFile(file, describeHolder(holder)).catch(() => undefined)
  return {
    async [Symbol.asyncDispose]() {
      await truncate(file).catch(() => undefined)
      child.stdin.end()
      await exitOf(child)
    },
  }
}

function spawnHolder(file: string, timeoutMs: number): ChildProcessWithoutNullStreams {
  const wait = ['-F', '-E', String(conflict), '-w', (timeoutMs / 1000).toFixed(3), file]
  // In a session of its own: a Ctrl-C meant for copse must not free its lock.
  const child = spawn('flock', [...wait, 'sh', '-c', 'echo held; exec cat >/dev/null'], { detached: true })
  child.stdin.on('error', () => undefined)
  child.stderr.resume()
  return child
}

async function exitOf(child: ChildProcessWithoutNullStreams): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return child.exitCode
}

function describeHolder(command: string): string {
  const started = new Date().toISOString()
  return `${userInfo().username} on ${hostname()}, pid ${process.pid}: ${command}, since ${started}\n`
}

async function heldByAnother(file: string): Promise<CopseError> {
  let holder = await readFile(file, 'utf8')
  // It may have taken the lock this very moment.
  if (holder === '') await sleep(100)
  holder ||= await readFile(file, 'utf8')
  return new CopseError(
    'locked',
    `another run holds the lock: ${holder.trim() || 'its holder gave no name'}`,
    {
      hint: 'wait for it to end, or give --lock-timeout a longer time',
    },
  )
}
