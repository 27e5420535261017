/** One command on several hosts: its script, where it ran, and what came of it. */
import type { Session } from '../engine/session.ts'
import { CopseError, exitCodes } from '../lib/errors.ts'
import { type Shell, sh } from '../lib/shell.ts'
import { Unreachable } from '../transports/transport.ts'

/** What a host made of the command; `code` is null when it was not reached. */
export interface ExecResult {
  readonly host: string
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** Why it was not reached. */
  readonly detail?: string
}

/** Several words are run as they are; one word is a line of shell, as with ssh. */
export function scriptOf(argv: readonly string[], user: string | undefined): Shell {
  const words = argv.length === 1 ? ['sh', '-c', ...argv] : argv
  const as = user === undefined ? [] : ['runuser', '-u', user, '--']
  // The script's own directory is closed to other users, and `cd` away from it is what a login would do.
  return sh`cd / && exec ${[...as, ...words]}`
}

/** What `runEverywhere` does on which hosts, and how. */
export interface Everywhere {
  readonly hosts: readonly string[]
  readonly script: Shell
  /** Told as soon as a host is done. */
  onResult(result: ExecResult): void
}

/** A result for each host, in their order. */
export async function runEverywhere(session: Session, work: Everywhere): Promise<readonly ExecResult[]> {
  return Promise.all(
    work.hosts.map((host) =>
      session.atOnce(async () => {
        const result = await runOn(session, host, work.script)
        work.onResult(result)
        return result
      }),
    ),
  )
}

async function runOn(session: Session, host: string, script: Shell): Promise<ExecResult> {
  try {
    const transport = await session.transport(host)
    const finished = await transport.run({ main: { text: `${script.shell}\n` } }, session.context.signal)
    return { host, ...finished }
  } catch (error) {
    if (!(error instanceof Unreachable) && !(error instanceof CopseError)) throw error
    return { host, code: null, stdout: '', stderr: '', detail: error.message }
  }
}

/** 3 when a host was not reached, else the highest code. Pure. */
export function highestCode(results: readonly ExecResult[]): number {
  if (results.some(({ code }) => code === null)) return exitCodes.partial
  return Math.max(0, ...results.map(({ code }) => code ?? 0))
}
