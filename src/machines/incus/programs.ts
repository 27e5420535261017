/** Where this box's programs are. */
import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'

/** PATH with the directories of system programs, which that of a user may lack. */
export function searchPath(variables: Readonly<Record<string, string | undefined>> = process.env): string {
  return [variables.PATH ?? '', '/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/bin', '/bin'].join(':')
}

export function isInstalled(program: string): boolean {
  return searchPath()
    .split(':')
    .some((directory) => directory !== '' && isExecutable(join(directory, program)))
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
