import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { bundleOf } from './bundle.ts'

const { signal } = new AbortController()
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'copse-bundle-'))
  await git('init', '--quiet', '--initial-branch=main')
})

afterEach(() => rm(folder, { recursive: true }))

async function git(...words: readonly string[]): Promise<string> {
  const identity = ['-c', 'user.name=Ana', '-c', 'user.email=ana@office.example']
  return (await execa('git', [...identity, ...words], { cwd: folder })).stdout
}

async function commit(text: string): Promise<string> {
  await writeFile(join(folder, 'a'), text)
  await git('add', 'a')
  await git('commit', '--quiet', '-m', 'a')
  return git('rev-parse', 'HEAD')
}

test('a branch is one file, which needs only what the other side has', async () => {
  const first = await commit('1')
  const second = await commit('2')
  await using whole = await bundleOf(folder, { branch: 'main', known: [] }, signal)
  await using rest = await bundleOf(folder, { branch: 'main', known: [first] }, signal)
  expect(await git('bundle', 'verify', whole.file)).toContain('complete history')
  expect(await git('bundle', 'verify', rest.file)).toContain(first)
  expect(await git('bundle', 'list-heads', rest.file)).toBe(`${second} refs/heads/main`)
  expect(rest.digest).not.toBe(whole.digest)
})

test('a branch of what is there already is a file too, and none stays', async () => {
  const only = await commit('1')
  const bundle = await bundleOf(folder, { branch: 'main', known: [only] }, signal)
  expect(await git('bundle', 'list-heads', bundle.file)).toBe(`${only} refs/heads/main`)
  await bundle[Symbol.asyncDispose]()
  await expect(stat(bundle.file)).rejects.toThrow('ENOENT')
})
