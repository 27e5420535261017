import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readBox } from './box-journal.ts'
import { lxdProduct } from './engine.ts'
import { addLine, removeLines, withoutLine } from './lines.ts'
import { localBox } from './local-box.ts'

test('the last such line is taken out and everything else stays as it is', () => {
  expect(withoutLine('root:1:2\nana:5:6\nroot:1:2\n', 'root:1:2')).toBe('root:1:2\nana:5:6\n')
  expect(withoutLine('ana:5:6\n\nroot:1:2', 'root:1:2')).toBe('ana:5:6\n')
})

test('a line that was changed since stays', () => {
  expect(withoutLine('root:1:3\n', 'root:1:2')).toBe('root:1:3\n')
})

test('a line is added once, and the journal of the box knows it and its file', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'box-line-'))
  await using _directory = { [Symbol.asyncDispose]: () => rm(directory, { recursive: true }) }
  const engine = { box: localBox, product: lxdProduct, directory }
  const file = join(directory, 'subuid')
  await writeFile(file, 'ana:1:2')
  await addLine(engine, file, 'root:3:4')
  await addLine(engine, file, 'root:3:4')
  expect(await readFile(file, 'utf8')).toBe('ana:1:2\nroot:3:4\n')
  expect((await readBox(engine)).lines).toEqual([`${file} root:3:4`])
})

test('lines that were added are taken back, and a file that held nothing else goes', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'box-line-'))
  await using _directory = { [Symbol.asyncDispose]: () => rm(directory, { recursive: true }) }
  const engine = { box: localBox, product: lxdProduct, directory }
  const [theirs, ours] = [join(directory, 'subuid'), join(directory, '60-copse.conf')]
  await writeFile(theirs, '')
  await addLine(engine, theirs, 'root:3:4')
  await addLine(engine, ours, 'a = 1')
  await removeLines(engine)
  expect(await readFile(theirs, 'utf8')).toBe('')
  expect(existsSync(ours)).toBe(false)
  expect((await readBox(engine)).lines).toEqual([])
})
