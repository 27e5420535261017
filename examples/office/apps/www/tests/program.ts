/** Programs of this app as processes, with an environment of a test's own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')

type Variables = Readonly<Record<string, string>>

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly url: string
  readonly process: ChildProcess
  /** What it has logged up to now. */
  log(): readonly Record<string, unknown>[]
  readonly ended: Promise<Ended>
}

/** Runs a program to its end. */
export function runProgram(path: string, variables: Variables): Promise<Ended> {
  return follow(spawnProgram(path, variables)).ended
}

/** Starts the service on a free port and waits until it listens. */
export async function startService(variables: Variables): Promise<Running> {
  const child = spawnProgram('src/main.ts', { HOST: '127.0.0.1', PORT: '0', ...variables })
  const { ended, output } = follow(child)
  const log = () =>
    output()
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line))
  const isUp = () => log().find(({ event }) => event === 'listening')
  while (!isUp()) {
    const early = await Promise.race([ended, once(child.stdout ?? child, 'data')])
    if ('code' in early) throw new Error(`it ended: ${early.stderr}`)
  }
  return { url: `http://127.0.0.1:${isUp()?.port}`, process: child, log, ended }
}

function spawnProgram(path: string, variables: Variables): ChildProcess {
  return spawn(process.execPath, [join(root, path)], { env: variables, stdio: ['ignore', 'pipe', 'pipe'] })
}

function follow(child: ChildProcess): { readonly ended: Promise<Ended>; output(): string } {
  let stdout = ''
  let stderr = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    stdout += chunk
  })
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk
  })
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, stdout, stderr }))
  return { ended, output: () => stdout }
}
