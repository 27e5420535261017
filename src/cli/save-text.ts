/** Writes a file that a flag names. */
import { writeFile } from 'node:fs/promises'
import { CopseError } from '../lib/errors.ts'

/** `what` is told where it fails: `the verdicts`. */
export async function saveText(what: string, file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text)
  } catch (cause) {
    throw new CopseError('failed', `${what} could not be written to ${file}`, {
      hint: cause instanceof Error ? cause.message : String(cause),
      cause,
    })
  }
}
