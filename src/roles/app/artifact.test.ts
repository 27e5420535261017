/** The program that brings artifacts to a host, with a directory in the place of the store: nothing but what was asked for. */
import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { zstdCompressSync } from 'node:zlib'
import { execa } from 'execa'
import { afterEach, beforeEach, expect, test } from 'vitest'

let directory: string
const at = (path: string) => join(directory, path)

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'copse-artifact-'))
  for (const path of ['store/artifacts', 'apps/www', 'apps/repo', 'bin', 'tree'])
    mkdirSync(at(path), { recursive: true })
  const program = readFileSync(new URL('./host/artifact.pl', import.meta.url), 'utf8')
  writeFileSync(at('artifact'), program.replaceAll('/srv/apps', at('apps')))
  writeFileSync(
    at('bin/curl'),
    `#!/bin/sh
for last; do :; done
echo "\${last##*/}" >>${at('asked')}
[ -e "$last" ] || { echo "no $last" >&2; exit 22; }
cat "$last"
`,
  )
  chmodSync(at('bin/curl'), 0o755)
})

afterEach(() => rmSync(directory, { recursive: true }))

const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest('hex')

/** What the scripts leaves in an empty directory, as a layer of the store. */
async function layer(script: string): Promise<string> {
  rmSync(at('tree'), { recursive: true })
  mkdirSync(at('tree'))
  await execa('sh', ['-euc', script], { cwd: at('tree') })
  const { stdout } = await execa('tar', ['-cf', '-', '.'], { cwd: at('tree'), encoding: 'buffer' })
  const tar = Buffer.from(stdout)
  writeFileSync(at(`store/artifacts/${sha256(tar)}.tar.zst`), zstdCompressSync(tar))
  return sha256(tar)
}

/** The store's artifact of these lines. */
function artifact(lines: readonly string[]): string {
  const text = lines.map((line) => `${line}\n`).join('')
  writeFileSync(at(`store/artifacts/${sha256(text)}.layers`), text)
  return sha256(text)
}

function run(...words: readonly string[]) {
  const env = { PATH: `${at('bin')}:${process.env.PATH}` }
  return execa('perl', [at('artifact'), ...words], { env, reject: false })
}

const fetch = (app: string, digest: string) => run('fetch', at(`apps/${app}`), at('store'), '/ca.crt', digest)
const layers = () => readdirSync(at('apps/.layers')).filter((name) => /^[0-9a-f]{64}$/.test(name))
const asked = () => (existsSync(at('asked')) ? readFileSync(at('asked'), 'utf8').trim().split('\n') : [])

test('an artifact is put together from its layers, and one that apps have in common is there once', async () => {
  const node = await layer('echo node >node; chmod 755 node')
  const www = artifact([`${await layer('mkdir node_modules; echo w >main')} .`, `${node} node_modules/node`])
  const repo = artifact([`${await layer('mkdir node_modules; echo r >main')} .`, `${node} node_modules/node`])
  for (const [app, digest] of [
    ['www', www],
    ['repo', repo],
  ] as const)
    expect(await fetch(app, digest)).toMatchObject({ exitCode: 0, stderr: '' })
  const inode = (app: string, digest: string) =>
    statSync(at(`apps/${app}/artifacts/${digest}/node_modules/node/node`)).ino
  expect(inode('www', www)).toBe(inode('repo', repo))
  expect(readFileSync(at(`apps/repo/artifacts/${repo}/main`), 'utf8')).toBe('r\n')
  expect(asked().filter((name) => name === `${node}.tar.zst`)).toHaveLength(1)
  expect(statSync(at('apps/.layers')).mode & 0o777).toBe(0o700)
})

test('what is there is not asked for again', async () => {
  const www = artifact([`${await layer('echo w >main')} .`])
  await fetch('www', www)
  const before = asked()
  expect((await fetch('www', www)).exitCode).toBe(0)
  expect(asked()).toEqual(before)
})

test('layers stay while an artifact of any app is made of them', async () => {
  const node = await layer('echo node >node')
  const own = await layer('echo w >main')
  const www = artifact([`${own} .`, `${node} node`])
  const repo = artifact([`${await layer('echo r >main')} .`, `${node} node`])
  await fetch('www', www)
  await fetch('repo', repo)
  for (const name of [www, `${www}.layers`]) rmSync(at(`apps/www/artifacts/${name}`), { recursive: true })
  expect((await run('prune')).exitCode).toBe(0)
  expect(layers()).toContain(node)
  expect(layers()).not.toContain(own)
})

test.each([
  ['a list that is another', () => 'f'.repeat(64), 'ab .\n', /came as another/],
  ['a list that is none', () => sha256('x y\n'), 'x y\n', /no layer: x y/],
])('%s is refused', async (_, name, text, why) => {
  writeFileSync(at(`store/artifacts/${name()}.layers`), text)
  const { exitCode, stderr } = await fetch('www', name())
  expect(exitCode).not.toBe(0)
  expect(stderr).toMatch(why)
})

test('a layer that is another, or that is not there, is refused, and nothing of it stays', async () => {
  const good = await layer('echo w >main')
  const www = artifact([`${good} .`])
  writeFileSync(at(`store/artifacts/${good}.tar.zst`), zstdCompressSync(Buffer.alloc(10_240)))
  expect((await fetch('www', www)).stderr).toContain(`the layer ${good} came as another`)
  rmSync(at(`store/artifacts/${good}.tar.zst`))
  expect((await fetch('www', www)).stderr).toContain('did not give the layer')
  expect(layers()).toEqual([])
  expect(existsSync(at(`apps/www/artifacts/${www}`))).toBe(false)
})

test.each(['ln -s /etc/passwd p', 'ln -s ../../x p', 'mkfifo p'])(
  'what may be in no artifact is refused: %s',
  async (script) => {
    const www = artifact([`${await layer(script)} .`])
    expect((await fetch('www', www)).exitCode).not.toBe(0)
    expect(existsSync(at(`apps/www/artifacts/${www}`))).toBe(false)
  },
)

test('a layer that would go out of the tree through a link of another is refused', async () => {
  mkdirSync(at('outside'))
  const base = await layer(`ln -s ${at('outside')} node_modules`)
  const www = artifact([`${base} .`, `${await layer('echo bad >bad')} node_modules/node`])
  expect((await fetch('www', www)).stderr).toContain('is to go out of the artifact')
  expect(readdirSync(at('outside'))).toEqual([])
})
