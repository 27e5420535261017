import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readBox, writeBox } from './box-journal.ts'
import { type Engine, lxdProduct } from './engine.ts'
import { noteEngineFiles, removeEngineFiles } from './engine-files.ts'
import { localBox } from './local-box.ts'

const home = mkdtempSync(join(tmpdir(), 'copse-files-'))
afterAll(() => rmSync(home, { recursive: true }))

/** Of a directory of its own, in which the first start leaves a database. */
function engineIn(name: string): Engine {
  return { box: localBox, product: lxdProduct, directory: join(home, name) }
}

function run({ directory }: Engine): void {
  mkdirSync(join(directory, 'database'), { recursive: true })
}

test('an engine that copse was the first to start goes with its directory', async () => {
  const engine = engineIn('first')
  await noteEngineFiles(engine)
  run(engine)
  await removeEngineFiles(engine)
  expect(existsSync(engine.directory)).toBe(false)
})

test("a directory that was the operator's stays, empty", async () => {
  const engine = engineIn('made')
  mkdirSync(engine.directory)
  await noteEngineFiles(engine)
  run(engine)
  await removeEngineFiles(engine)
  expect(readdirSync(engine.directory)).toEqual([])
})

test('an engine that has run before keeps its files', async () => {
  const engine = engineIn('used')
  run(engine)
  writeFileSync(join(engine.directory, 'server.crt'), '')
  await noteEngineFiles(engine)
  await removeEngineFiles(engine)
  expect(readdirSync(engine.directory).sort()).toEqual(['database', 'server.crt'])
})

test('packages that copse installed are remembered beyond the files', async () => {
  const engine = engineIn('packages')
  await writeBox(engine, { ...(await readBox(engine)), packages: ['uidmap'] })
  await noteEngineFiles(engine)
  run(engine)
  await removeEngineFiles(engine)
  expect((await readBox(engine)).packages).toEqual(['uidmap'])
  await writeBox(engine, { ...(await readBox(engine)), packages: [] })
  expect(readdirSync(engine.directory)).toEqual([])
})
