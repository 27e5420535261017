/** Runs a program of this machine to its end. */
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

/** A program, and how it was to be run. */
export interface Tool {
  readonly file: string
  readonly args: readonly string[]
  readonly options: ToolOptions
}

/** How it ended, where that was not well. */
export interface ToolEnd {
  readonly code?: number | undefined
  readonly stderr?: string
  readonly timedOut?: boolean
  readonly isCanceled?: boolean
  readonly isMissing?: boolean
  readonly cause?: unknown
}

/** What it printed. Throws when it cannot be run, fails, or takes too long. */
export async function run(file: string, args: readonly string[], options: ToolOptions): Promise<string> {
  const { seconds, signal, cwd, input } = options
  const { execa } = await loadExeca()
  const ended = await execa(file, args, {
    ...(input === undefined ? { stdin: 'ignore' } : { input }),
    reject: false,
    timeout: seconds * 1000,
    // A terminal's interrupt goes to a whole process group: a tool that must finish has one of its own.
    detached: signal === undefined,
    env: { PATH: searchPath(), ...toolVariables(options) },
    ...(signal && { cancelSignal: signal, killSignal: 'SIGKILL' }),
    ...(cwd && { cwd }),
  })
  if (!ended.failed) return ended.stdout
  const { exitCode: code, stderr, timedOut, isCanceled } = ended
  const end = { code, stderr, timedOut, isCanceled, isMissing: ended.code === 'ENOENT', cause: ended }
  throw toolTrouble({ file, args, options }, end)
}

/** What runs programs: its many modules are only read where something is to be run. */
export function loadExeca() {
  return import('execa')
}

/** What tools are given besides PATH. */
export function toolVariables({ env }: ToolOptions): Readonly<Record<string, string>> {
  return { LC_ALL: 'C.UTF-8', DEBIAN_FRONTEND: 'noninteractive', ...env }
}

/** What was to be done, and why it was not. */
export function toolTrouble({ file, args, options }: Tool, end: ToolEnd): CopseError {
  const { seconds, hint, what = [file, ...args.slice(0, 2)].join(' ') } = options
  if (end.isCanceled) return new CopseError('interrupted', `interrupted: ${what}`)
  const why = end.timedOut ? `it took more than ${seconds} s` : reasonOf(end)
  return new CopseError('failed', `${what} failed: ${why}`, { cause: end.cause, ...(hint && { hint }) })
}

function reasonOf({ stderr = '', code, isMissing }: ToolEnd): string {
  if (isMissing) return 'it is not installed'
  const said = stderr.trim().split('\n').slice(-5).join('\n  ')
  return said === '' ? `exit ${code ?? 'by a signal'}` : `exit ${code}\n  ${said}`
}
