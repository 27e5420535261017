/** Runs a program of the box to its end. */
import { CopseError } from '../../lib/errors.ts'
import { searchPath } from './programs.ts'

export interface ToolOptions {
  readonly seconds: number
  /** Ends the program; without it the program is let finish, which package tools need. */
  readonly signal?: AbortSignal
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** Its standard input; empty where absent. */
  readonly input?: string
  /** What it is for, in the message when it fails; the command's first words where absent. */
  readonly what?: string
  readonly hint?: string
}

/** What it printed. Throws when it cannot be run, fails, or takes too long. */
export async function run(file: string, args: readonly string[], options: ToolOptions): Promise<string> {
  const { seconds, signal, env, cwd, input, what = [file, ...args.slice(0, 2)].join(' '), hint } = options
  // Its many modules are only read when the box is to be changed.
  const { execa } = await import('execa')
  const ended = await execa(file, args, {
    ...(input === undefined ? { stdin: 'ignore' } : { input }),
    reject: false,
    timeout: seconds * 1000,
    // A terminal's interrupt goes to a whole process group: a tool that must finish has one of its own.
    detached: signal === undefined,
    env: { PATH: searchPath(), LC_ALL: 'C.UTF-8', DEBIAN_FRONTEND: 'noninteractive', ...env },
    ...(signal && { cancelSignal: signal, killSignal: 'SIGKILL' }),
    ...(cwd && { cwd }),
  })
  if (!ended.failed) return ended.stdout
  if (ended.isCanceled) throw new CopseError('interrupted', `interrupted: ${what}`)
  const why = ended.timedOut ? `it took more than ${seconds} s` : reasonOf(ended)
  throw new CopseError('failed', `${what} failed: ${why}`, { cause: ended, ...(hint && { hint }) })
}

function reasonOf(ended: {
  stderr: string
  exitCode?: number | undefined
  code?: string | undefined
}): string {
  if (ended.code === 'ENOENT') return 'it is not installed'
  const said = ended.stderr.trim().split('\n').slice(-5).join('\n  ')
  return said === '' ? `exit ${ended.exitCode ?? 'by a signal'}` : `exit ${ended.exitCode}\n  ${said}`
}
