/** What the controller keeps of each machine: its identity and its public host key, written when it is made. */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

const Pin = z.object({ uuid: z.string(), hostKey: z.string() })
export type Pin = z.output<typeof Pin>

function directoryOf(stateDir: string): string {
  return join(stateDir, 'machines')
}

function fileOf(stateDir: string, host: string): string {
  return join(directoryOf(stateDir), `${host}.json`)
}

/** Undefined for a machine that was never made from here. */
export async function readPin(stateDir: string, host: string): Promise<Pin | undefined> {
  try {
    return Pin.parse(JSON.parse(await readFile(fileOf(stateDir, host), 'utf8')))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

export async function writePin(stateDir: string, host: string, pin: Pin): Promise<void> {
  await mkdir(directoryOf(stateDir), { recursive: true, mode: 0o700 })
  const path = fileOf(stateDir, host)
  await writeFile(`${path}.new`, `${JSON.stringify(pin, undefined, 2)}\n`, { mode: 0o600 })
  await rename(`${path}.new`, path)
}

export async function dropPin(stateDir: string, host: string): Promise<void> {
  await rm(fileOf(stateDir, host), { force: true })
}

/** Names of the hosts whose machines were made from here. */
export async function pinnedHosts(stateDir: string): Promise<readonly string[]> {
  const names = await readdir(directoryOf(stateDir)).catch(() => [])
  return names.flatMap((name) => name.match(/^(.+)\.json$/)?.[1] ?? [])
}
