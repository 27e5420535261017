/** SSH key pairs, made by OpenSSH's own program. */
import { existsSync } from 'node:fs'
import { link, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { KeyPair } from './guest-files.ts'
import { run } from './tool.ts'

const prefix = '.key-'

/** A new Ed25519 pair. `directory` is private (0700) and holds the private half for a moment. */
export async function makeKeyPair(directory: string): Promise<KeyPair> {
  return withNewKey(directory, async (path) => ({
    private: await readFile(path, 'utf8'),
    public: await readPublicKey(path),
  }))
}

/** The private key that opens the machines of an environment. */
export function operatorKeyFile(stateDir: string): string {
  return join(stateDir, 'id_ed25519')
}

/** The operator's public key, made with the private one where there is none. Two callers at once end with one key. */
export async function ensureOperatorKey(stateDir: string): Promise<string> {
  const path = operatorKeyFile(stateDir)
  if (!existsSync(path)) await withNewKey(stateDir, (made) => keepPair(made, path))
  return existsSync(`${path}.pub`) ? readPublicKey(path) : derivePublicKey(path)
}

/** The public half is there for speed alone: a run that is killed between the two leaves none. */
async function keepPair(made: string, path: string): Promise<void> {
  try {
    await link(made, path)
  } catch (error) {
    if (existsSync(path)) return
    throw error
  }
  await link(`${made}.pub`, `${path}.pub`)
}

/** The text of a machine's authorized_keys with this key in place of those that copse made; others stay. Pure. */
export function withOperatorKey(text: string, key: string): string {
  const others = text.split('\n').filter((line) => line !== '' && !/^ssh-ed25519 \S+ copse$/.test(line))
  return [key, ...others].map((line) => `${line}\n`).join('')
}

/** Removes what a killed run left of a key that it made; no other run of the environment may be at work. */
export async function sweepKeys(directory: string): Promise<void> {
  const names = existsSync(directory) ? await readdir(directory) : []
  for (const name of names)
    if (name.startsWith(prefix)) await rm(join(directory, name), { recursive: true, force: true })
}

async function withNewKey<Result>(
  directory: string,
  use: (path: string) => Promise<Result>,
): Promise<Result> {
  const fresh = await mkdtemp(join(directory, prefix))
  try {
    const path = join(fresh, 'key')
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'copse', '-f', path], { seconds: 30 })
    return await use(path)
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
}

async function readPublicKey(path: string): Promise<string> {
  return (await readFile(`${path}.pub`, 'utf8')).trim()
}

async function derivePublicKey(path: string): Promise<string> {
  return (await run('ssh-keygen', ['-y', '-f', path], { seconds: 30 })).trim()
}
