/** What the operator reads when a command gives up, and the exit code that goes with it. Pure. */
import { CopseError, exitCodes } from '../lib/errors.ts'
import type { Paint } from './paint.ts'

/** How an error ends the process. */
export interface Ending {
  readonly code: number
  readonly text: string
}

/** How the error is shown. */
export interface ErrorView {
  readonly paint: Paint
  /** Adds the causes; a fault's stack is always shown. */
  readonly isVerbose: boolean
  readonly isInterrupted: boolean
}

/** The message, the next thing to do, and where asked for the causes. */
export function describeError(error: unknown, view: ErrorView): Ending {
  if (error instanceof CopseError) return { code: exitCodes[error.code], text: describeExpected(error, view) }
  if (view.isInterrupted)
    return { code: exitCodes.interrupted, text: `${view.paint('bad', 'copse:')} interrupted\n` }
  return { code: exitCodes.failed, text: describeFault(error, view.paint) }
}

function describeExpected(error: CopseError, { paint, isVerbose }: ErrorView): string {
  const mark = paint('bad', 'copse:')
  // A config error is one located line for each problem: those come first, as compilers print them.
  const said =
    error.code === 'config'
      ? [error.message, `${mark} the config is not valid; nothing was touched`]
      : [`${mark} ${error.message}`]
  return [
    ...said,
    ...(error.hint === undefined ? [] : [`  ${error.hint}`]),
    ...(isVerbose ? causes(error.cause) : []),
  ]
    .map((line) => `${line}\n`)
    .join('')
}

function causes(cause: unknown): readonly string[] {
  if (cause === undefined) return []
  const next = cause instanceof Error ? cause.cause : undefined
  return [
    `  because: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`,
    ...causes(next),
  ]
}

function describeFault(error: unknown, paint: Paint): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return `${paint('bad', 'copse:')} a fault of copse itself, not of what you asked for:
${stack}
  Please open an issue with the command that you typed and these lines. To run the same command again is safe.
`
}
