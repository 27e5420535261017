import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { replaceFile } from './replace-file.ts'

test('a file is replaced whole, private, and leaves no draft', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'replace-'))
  try {
    const file = join(directory, 'run')
    await replaceFile(file, 'a longer text\n')
    await replaceFile(file, '2\n')
    expect(await readFile(file, 'utf8')).toBe('2\n')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    await expect(replaceFile(join(directory, 'none/x'), '')).rejects.toThrow('ENOENT')
    expect(await readdir(directory)).toEqual(['run'])
  } finally {
    await rm(directory, { recursive: true })
  }
})
