/** Writes small files of the controller so that a crash leaves the old or the new one, never half of one. */
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Replaces a file's whole text (0600); its directory must exist. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const draft = `${path}.${process.pid}`
  try {
    await using file = await open(draft, 'w', 0o600)
    await file.writeFile(text)
    await file.sync()
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
  await using directory = await open(dirname(path))
  await directory.sync()
}
