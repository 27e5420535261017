/** Which programs this box has. */
import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'

/** Looks in PATH, and in the directories of system programs that a user's PATH may lack. */
export function isInstalled(program: string): boolean {
  const path = (process.env.PATH ?? '').split(':').filter((directory) => directory !== '')
  return [...path, '/usr/sbin', '/sbin'].some((directory) => isExecutable(join(directory, program)))
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
