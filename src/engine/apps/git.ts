/** Asks git about the repository that a folder is in. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { CopseError } from '../../lib/errors.ts'

/** Whether git keeps the folder or one above it. */
export function isInWorkTree(folder: string): boolean {
  if (existsSync(join(folder, '.git'))) return true
  const above = dirname(folder)
  return above !== folder && isInWorkTree(above)
}

/** What git prints; throws CopseError with what it says where it fails. */
export async function git(folder: string, words: readonly string[], signal: AbortSignal): Promise<Buffer> {
  const done = await execa('git', ['-C', folder, ...words], {
    encoding: 'buffer',
    stripFinalNewline: false,
    cancelSignal: signal,
    reject: false,
    timeout: 120_000,
  })
  signal.throwIfAborted()
  if (done.exitCode === 0) return Buffer.from(done.stdout)
  const said = Buffer.from(done.stderr ?? '')
    .toString()
    .trim()
  throw new CopseError('failed', `git ${words[0]} in ${folder} failed: ${said || done.shortMessage}`)
}
