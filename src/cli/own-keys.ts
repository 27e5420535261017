/** The keys that the person at the keyboard can log in with: those of the ssh-agent, and those in ~/.ssh. */
import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** A key whose private half is at hand. */
export interface OwnKey {
  /** Its public half: type and key, without a comment. */
  readonly line: string
  /** What OpenSSH is given as IdentityFile; undefined for one that only the agent has. */
  readonly file: string | undefined
}

/** One that OpenSSH can be told of. */
export interface NamedKey extends OwnKey {
  readonly file: string
}

/** Those in files first: they can be named to OpenSSH as they are. */
export async function ownKeys(directory = join(homedir(), '.ssh')): Promise<readonly OwnKey[]> {
  const [files, agent] = await Promise.all([keysInFiles(directory), keysOfAgent()])
  return [...files, ...agent]
}

async function keysInFiles(directory: string): Promise<readonly OwnKey[]> {
  const names = await readdir(directory).catch((): readonly string[] => [])
  const found = names.toSorted().map(async (name): Promise<readonly OwnKey[]> => {
    if (!name.endsWith('.pub') || !names.includes(name.slice(0, -4))) return []
    const line = keyIn(await readFile(join(directory, name), 'utf8').catch(() => ''))
    return line === undefined ? [] : [{ line, file: join(directory, name.slice(0, -4)) }]
  })
  return (await Promise.all(found)).flat()
}

/** No agent, or one without keys, is no trouble. */
async function keysOfAgent(): Promise<readonly OwnKey[]> {
  if (!process.env.SSH_AUTH_SOCK) return []
  const listed = promisify(execFile)('ssh-add', ['-L'], { timeout: 5000 })
  const { stdout } = await listed.catch(() => ({ stdout: '' }))
  return stdout.split('\n').flatMap((said) => {
    const line = keyIn(said)
    return line === undefined ? [] : [{ line, file: undefined }]
  })
}

/** Type and key of a public key, also of a line of authorized_keys with options before it. Pure. */
export function keyIn(line: string): string | undefined {
  return /(?:^|\s)((?:ssh|ecdsa|sk-ssh|sk-ecdsa)-[\w@.-]+ AAAA[\w+/]+=*)/.exec(line)?.[1]
}
