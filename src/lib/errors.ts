/** The one error that copse throws on purpose, and the exit code of each way to fail. */

/** Exit codes of the command line (docs/cli.md); scripts rely on them. */
export const exitCodes = {
  failed: 1,
  differences: 2,
  partial: 3,
  locked: 4,
  refused: 5,
  usage: 64,
  config: 78,
  interrupted: 130,
} as const

/** Why copse gives up: each code is one exit code. */
export type ErrorCode = keyof typeof exitCodes

/** Anything else that reaches the command line is a fault of copse itself and is reported as one. */
export class CopseError extends Error {
  readonly code: ErrorCode
  /** The next thing to do, as a sentence or a command to type. */
  readonly hint: string | undefined

  /** `message` says what, where, and found against wanted. */
  constructor(code: ErrorCode, message: string, detail: { hint?: string; cause?: unknown } = {}) {
    super(message, detail.cause === undefined ? {} : { cause: detail.cause })
    this.name = 'CopseError'
    this.code = code
    this.hint = detail.hint
  }
}
