/** Where the controller keeps what belongs to one environment: lock, journal, identities, pinned keys. */
import { realpathSync } from 'node:fs'
import { chmod, mkdir, rm, rmdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'
import { sha256 } from '../lib/digest.ts'
import type { Environment } from '../model/environment.ts'

/** The directory's path; makes nothing. Two checkouts of one config have one each. */
export function stateDirectory(
  file: string,
  environment: Pick<Environment, 'ecosystem' | 'name'>,
  xdgStateHome = process.env.XDG_STATE_HOME,
): string {
  // The XDG specification: a relative path is ignored.
  const base = xdgStateHome && isAbsolute(xdgStateHome) ? xdgStateHome : join(homedir(), '.local', 'state')
  const checkout = `${environment.ecosystem}-${sha256(realpathSync(file)).slice(0, 8)}`
  return join(base, 'copse', checkout, environment.name)
}

/** Makes it, readable by its owner only. For commands that write. */
export async function makeStateDirectory(stateDir: string): Promise<void> {
  await mkdir(stateDir, { recursive: true, mode: 0o700 })
  await chmod(stateDir, 0o700)
}

/** Removes it, and the directories above it that were of this environment alone. */
export async function removeStateDirectory(stateDir: string): Promise<void> {
  await rm(stateDir, { recursive: true, force: true })
  // Those of other environments are not empty.
  for (const parent of [dirname(stateDir), dirname(dirname(stateDir))])
    await rmdir(parent).catch(() => undefined)
}
