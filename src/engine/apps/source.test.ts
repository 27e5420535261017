import { createReadStream } from 'node:fs'
import { chmod, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { createGunzip } from 'node:zlib'
import { execa } from 'execa'
import { extract } from 'tar-stream'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { packSource } from './source.ts'

const { signal } = new AbortController()
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'copse-source-test-'))
})

afterEach(() => rm(folder, { recursive: true }))

async function put(path: string, content = path): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true })
  await writeFile(join(folder, path), content)
}

const git = async (...words: readonly string[]) => {
  const who = ['-c', 'user.name=a', '-c', 'user.email=a@a.example', '-c', 'init.defaultBranch=main']
  return (await execa('git', ['-C', folder, ...who, ...words])).stdout
}

interface Packed {
  readonly names: readonly string[]
  readonly heads: Readonly<Record<string, string>>
  readonly contents: Readonly<Record<string, string>>
  readonly commit: string
  readonly digest: string
}

async function pack(below = '', ref?: string): Promise<Packed> {
  await using source = await packSource({ name: 'www', source: { folder: join(folder, below), ref } }, signal)
  const heads: Record<string, string> = {}
  const contents: Record<string, string> = {}
  for await (const entry of createReadStream(source.file).pipe(createGunzip()).pipe(extract())) {
    const { name, mode = 0, uid, gid, mtime, linkname } = entry.header
    heads[name] = `${mode.toString(8)} ${uid} ${gid} ${mtime?.getTime()} ${linkname ?? ''}`.trim()
    contents[name] = await text(entry)
  }
  return { names: Object.keys(heads), heads, contents, commit: source.commit, digest: source.digest }
}

test('without git all but what is installed travels, in one order, with neither times nor owners', async () => {
  for (const path of ['b', 'a/z', 'a-b', 'node_modules/x/y', 'a/node_modules/z']) await put(path)
  await chmod(join(folder, 'b'), 0o700)
  await symlink('../b', join(folder, 'a/link'))
  const { heads, commit, digest } = await pack()
  expect(commit).toBe('-')
  expect(heads).toEqual({
    'a-b': '644 0 0 0',
    'a/link': '777 0 0 0 ../b',
    'a/z': '644 0 0 0',
    b: '755 0 0 0',
  })
  await utimes(join(folder, 'b'), 1, 1)
  expect((await pack()).digest).toBe(digest)
})

test('in a work tree what git ignores stays, and what is gone is no trouble', async () => {
  for (const path of ['apps/www/main.ts', 'apps/www/gone.ts', 'apps/repo/main.ts', 'apps/www/dist/x'])
    await put(path)
  await put('.gitignore', 'dist/\n')
  await git('init', '-q')
  expect((await pack('apps/www')).commit).toBe('-')
  await git('add', '.')
  await git('commit', '-q', '-m', 'one')
  const head = await git('rev-parse', '--short', 'HEAD')
  expect(await pack('apps/www')).toMatchObject({ names: ['gone.ts', 'main.ts'], commit: head })
  await put('apps/repo/more.ts')
  expect((await pack('apps/www')).commit).toBe(head)
  await put('apps/www/new.ts')
  await rm(join(folder, 'apps/www/gone.ts'))
  expect(await pack('apps/www')).toMatchObject({ names: ['main.ts', 'new.ts'], commit: `${head}+` })
})

test('a revision is what it was, packed as the folder was then', async () => {
  for (const path of ['apps/www/main.ts', 'apps/www/run']) await put(path)
  await chmod(join(folder, 'apps/www/run'), 0o755)
  await git('init', '-q')
  await git('add', '.')
  await git('commit', '-q', '-m', 'one')
  await git('tag', 'v1')
  const then = await pack('apps/www')
  await put('apps/www/main.ts', 'changed')
  const now = await pack('apps/www', 'v1')
  expect(now).toEqual(then)
  expect(now.contents['main.ts']).toBe('apps/www/main.ts')
  await expect(pack('apps/www', 'v2')).rejects.toMatchObject({ code: 'failed' })
  await expect(pack('apps/www', '--help')).rejects.toMatchObject({ code: 'failed' })
})

test('a folder that is not there is named', async () => {
  await expect(pack('none')).rejects.toThrow(`the source of www is no folder: ${join(folder, 'none')}`)
  await expect(pack('', 'main')).rejects.toThrow('is in no git repository')
})
