/** Which environment of a box a state directory is for, once its way in was adopted: names and labels stay as they were. */
import { readFileSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { replaceFile } from '../transports/replace-file.ts'

function fileOf(stateDir: string): string {
  return join(stateDir, 'owner')
}

/** The owner id in the labels of what was adopted; undefined where the environment was made from here. */
export function adoptedOwner(stateDir: string): string | undefined {
  try {
    return /^[0-9a-f]{16}$/m.exec(readFileSync(fileOf(stateDir), 'utf8'))?.[0]
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** Remembers what was adopted; undefined for what was made from here, and was taken back. */
export async function rememberOwner(stateDir: string, owner: string | undefined): Promise<void> {
  if (owner === undefined) return rm(fileOf(stateDir), { force: true })
  await mkdir(stateDir, { recursive: true, mode: 0o700 })
  await replaceFile(fileOf(stateDir), `${owner}\n`)
}
