import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readBox } from './box.ts'
import { addLine } from './box-line.ts'
import { lxdProduct } from './engine.ts'

test('a line is added once, and the journal of the box knows it and its file', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'box-line-'))
  await using _directory = { [Symbol.asyncDispose]: () => rm(directory, { recursive: true }) }
  const engine = { product: lxdProduct, directory }
  const file = join(directory, 'subuid')
  await writeFile(file, 'ana:1:2')
  await addLine(engine, file, 'root:3:4')
  await addLine(engine, file, 'root:3:4')
  expect(await readFile(file, 'utf8')).toBe('ana:1:2\nroot:3:4\n')
  expect((await readBox(engine)).lines).toEqual([`${file} root:3:4`])
})
