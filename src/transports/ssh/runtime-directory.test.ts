import { existsSync, mkdirSync, rmdirSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { makeRuntimeDirectory } from './runtime-directory.ts'

test('it is private, short enough for a socket, and gone when disposed', async () => {
  const { path, ...directory } = await makeRuntimeDirectory()
  expect(statSync(path).mode & 0o777).toBe(0o700)
  // OpenSSH adds a dot and 16 characters while it binds.
  expect(`${path}/s.0123456789abcdef`.length).toBeLessThan(108)
  await directory[Symbol.asyncDispose]()
  expect(existsSync(path)).toBe(false)
})

test('making one removes those of dead processes and no others', async () => {
  await using mine = await makeRuntimeDirectory()
  const [, space, pid, started] = basename(mine.path).split('-')
  const beside = (name: string) => join(dirname(mine.path), name)
  const dead = beside(`copse-${space}-${pid}-${Number(started) + 1}-aaaaaa`)
  const elsewhere = beside(`copse-1-${pid}-${Number(started) + 1}-aaaaaa`)
  for (const path of [dead, elsewhere]) mkdirSync(path)
  await using _other = await makeRuntimeDirectory()
  await using _elsewhere = { path: elsewhere, [Symbol.asyncDispose]: async () => rmdirSync(elsewhere) }
  expect([dead, elsewhere, mine.path].map((path) => existsSync(path))).toEqual([false, true, true])
})
