/** The public half of the key that copse goes into a host with. */
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'

/** As one line; undefined where OpenSSH's own settings or an agent know which it is, or it is not beside the private one. */
export async function publicKeyOf(identityFile: string | undefined): Promise<string | undefined> {
  if (identityFile === undefined) return undefined
  const text = await readFile(`${identityFile.replace(/^~(?=\/)/, homedir())}.pub`, 'utf8').catch(() => '')
  return text.trim() || undefined
}
