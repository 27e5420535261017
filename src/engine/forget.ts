/** Forgets an environment of which nothing is left: its keys, ids and history on the controller. */
import { join } from 'node:path'
import { CopseError } from '../lib/errors.ts'
import { removeArtifacts } from './apps/kept-artifacts.ts'
import { acquireLock } from './lock.ts'
import type { Session } from './session.ts'
import { removeStateDirectory } from './state.ts'

/** Does nothing while another run holds the environment's lock: it may be making it anew. */
export async function forgetEnvironment({ context }: Session, command: string): Promise<void> {
  const { stateDir, signal } = context
  try {
    await using _lock = await acquireLock(join(stateDir, 'lock'), { holder: command, timeoutMs: 100, signal })
    await removeArtifacts(stateDir)
    await removeStateDirectory(stateDir)
  } catch (error) {
    if (!(error instanceof CopseError) || error.code !== 'locked') throw error
  }
}
