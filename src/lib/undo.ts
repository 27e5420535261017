/** Work in several steps, each with a way back: when one fails, those before it are undone, the newest first. */
import { CopseError } from './errors.ts'

/** Remembers how to take back what has just been done. */
export type Remember = (undo: () => Promise<unknown>) => void

/** Runs `work`; when it throws, undoes what it remembered and throws on, saying what could not be undone. */
export async function withUndo<Result>(work: (remember: Remember) => Promise<Result>): Promise<Result> {
  const steps: (() => Promise<unknown>)[] = []
  try {
    return await work((undo) => steps.push(undo))
  } catch (error) {
    const left = await undoAll(steps.reverse())
    if (left.length === 0) throw error
    const { code, message, hint } = asCopseError(error)
    throw new CopseError(code, `${message}; and not all of it could be undone: ${left.join('; ')}`, {
      cause: error,
      ...(hint === undefined ? {} : { hint }),
    })
  }
}

async function undoAll(steps: readonly (() => Promise<unknown>)[]): Promise<readonly string[]> {
  const left: string[] = []
  for (const step of steps) {
    try {
      await step()
    } catch (error) {
      left.push(asCopseError(error).message)
    }
  }
  return left
}

function asCopseError(error: unknown): CopseError {
  if (error instanceof CopseError) return error
  return new CopseError('failed', error instanceof Error ? error.message : String(error))
}
