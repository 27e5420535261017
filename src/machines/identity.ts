/** The uuids of the machines that copse made, remembered on the controller. */
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { replaceFile } from '../transports/replace-file.ts'

/** Remembers a machine's uuid by its host's name. */
export async function rememberIdentity(stateDir: string, host: string, uuid: string): Promise<void> {
  await mkdir(join(stateDir, 'identity'), { recursive: true, mode: 0o700 })
  await replaceFile(join(stateDir, 'identity', host), `${uuid}\n`)
}

/** Undefined when none was remembered. */
export async function rememberedIdentity(stateDir: string, host: string): Promise<string | undefined> {
  return readFile(join(stateDir, 'identity', host), 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  )
}

/** For a machine that is no more. */
export async function forgetIdentity(stateDir: string, host: string): Promise<void> {
  await rm(join(stateDir, 'identity', host), { force: true })
}
