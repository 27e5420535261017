/** One process of the OpenSSH client. */
import { spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { keepTail } from '../lines.ts'

export interface SshClient {
  readonly stdin: Writable
  /** Standard output as UTF-8 text; it must be read for `ended` to resolve, and ends when the client is stopped. */
  readonly output: AsyncIterable<string>
  readonly ended: Promise<SshEnd>
  hasEnded(): boolean
  stop(): void
}

/** How a client ended: the remote command's code, or 255 for trouble of its own. */
export interface SshEnd {
  readonly code: number
  /** At most the last 64 KiB. */
  readonly stderr: string
  /** We ended it ourselves. */
  readonly wasStopped: boolean
}

/**
 * Starts `ssh`. It is in a session of its own, so that a Ctrl-C meant for copse does not cut connections, and the
 * kernel ends it when copse dies (setpriv), also while it waits for a script: OpenSSH alone would stay until then.
 */
export function startClient(argv: readonly string[]): SshClient {
  const child = spawn('setpriv', ['--pdeathsig', 'TERM', 'ssh', ...argv], { stdio: 'pipe', detached: true })
  // A client that ends early breaks this pipe; its code says why.
  child.stdin.on('error', () => undefined)
  child.stdout.setEncoding('utf8')
  child.stderr.setEncoding('utf8')
  const stderr = keepTail(child.stderr, 64 * 1024)
  let wasStopped = false
  let hasEnded = false
  child.once('exit', () => {
    hasEnded = true
  })
  return {
    stdin: child.stdin,
    output: textOf(child.stdout, () => wasStopped),
    ended: new Promise<SshEnd>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code) => resolve({ code: code ?? 255, stderr: stderr(), wasStopped }))
    }),
    hasEnded: () => hasEnded,
    stop() {
      if (hasEnded) return
      wasStopped = true
      child.kill('SIGTERM')
      // The master holds these too, for as long as the script runs on the host.
      child.stdout.destroy()
      child.stderr.destroy()
      setTimeout(() => child.kill('SIGKILL'), 2000).unref()
    },
  }
}

async function* textOf(stdout: Readable, wasStopped: () => boolean): AsyncGenerator<string> {
  try {
    for await (const piece of stdout) yield String(piece)
  } catch (error) {
    if (!wasStopped()) throw error
  }
}

/** Stops a client when the signal aborts, for as long as the result is not disposed. */
export function stopWhen(signal: AbortSignal, client: SshClient): Disposable {
  const stop = () => client.stop()
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  return { [Symbol.dispose]: () => signal.removeEventListener('abort', stop) }
}
