/** What an operator keeps of builds, with a directory of this machine in the place of the CI host's store. */
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { zstdCompressSync } from 'node:zlib'
import { execa } from 'execa'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { packArchive } from '../../transports/archive.ts'
import type { Archive, Transport } from '../../transports/transport.ts'
import type { Session } from '../session.ts'
import { artifactsDirectory, giveBuild, keepBuild } from './kept-artifacts.ts'

let directory: string
let told: string[]
const at = (path: string) => join(directory, path)
const stateDir = () => at('state/office/dev')
const kept = () => readdirSync(artifactsDirectory(stateDir())).toSorted()
const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest('hex')

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'copse-kept-'))
  told = []
  mkdirSync(at('store/files'), { recursive: true })
  mkdirSync(stateDir(), { recursive: true })
})

afterEach(() => rmSync(directory, { recursive: true }))

function session(): Session {
  const signal = AbortSignal.timeout(20_000)
  const emit = (event: { readonly message?: string }) => void told.push(event.message ?? '')
  return { context: { signal, stateDir: stateDir(), emit } } as unknown as Session
}

async function unpack(archive: Archive): Promise<string> {
  const place = mkdtempSync(at('run-'))
  const main =
    archive.main && 'text' in archive.main ? archive.main.text.replaceAll('/srv/artifacts', at('store')) : ''
  const packed = Readable.from(packArchive({ ...archive, main: { text: main } }))
  await execa('tar', ['-x', '-C', place], { input: packed })
  return place
}

const transport: Transport = {
  async run(archive) {
    const { exitCode, stdout, stderr } = await execa('sh', ['main'], {
      cwd: await unpack(archive),
      reject: false,
      stripFinalNewline: false,
    })
    return { code: exitCode ?? 1, stdout, stderr }
  },
  async *stream(archive) {
    yield* execa('sh', ['main'], { cwd: await unpack(archive), reject: false })
  },
  loginAnew: async () => true,
}

/** An artifact of layers with these contents, in the store. */
function stored(...contents: readonly string[]): string {
  const layers = contents.map((content) => {
    writeFileSync(at(`store/files/${sha256(content)}.tar.zst`), zstdCompressSync(content))
    return sha256(content)
  })
  const list = layers.map((digest, index) => `${digest} ${index === 0 ? '.' : `p${index}`}\n`).join('')
  writeFileSync(at(`store/files/${sha256(list)}.layers`), list)
  return sha256(list)
}

const files = () => readdirSync(at('store/files')).toSorted()

test('a store that has lost everything is given the same files again', async () => {
  const artifact = stored('own', 'x'.repeat(200_000))
  const before = files()
  await keepBuild(session(), transport, { key: 'k', artifact })
  rmSync(at('store/files'), { recursive: true })
  mkdirSync(at('store/files'))
  expect(await giveBuild(session(), transport, 'k')).toEqual({ artifact, bytes: expect.any(Number) })
  expect(files()).toEqual(before)
  expect(told).toEqual([])
})

test('what builds have in common is brought once, and what the store still has is not sent', async () => {
  await keepBuild(session(), transport, { key: 'k', artifact: stored('one', 'common') })
  rmSync(at(`store/files/${sha256('common')}.tar.zst`))
  const second = stored('two')
  const list = `${sha256('two')} .\n${sha256('common')} p1\n`
  writeFileSync(at(`store/files/${sha256(list)}.layers`), list)
  await keepBuild(session(), transport, { key: 'l', artifact: sha256(list) })
  expect(told).toEqual([])
  expect(kept().filter((name) => name.endsWith('.zst'))).toHaveLength(3)
  rmSync(at(`store/files/${second}.layers`))
  writeFileSync(at(`store/files/${sha256('two')}.tar.zst`), 'not looked at')
  await giveBuild(session(), transport, 'l')
  expect(files()).toContain(`${sha256('common')}.tar.zst`)
  expect(readFileSync(at(`store/files/${sha256('two')}.tar.zst`), 'utf8')).toBe('not looked at')
})

test('builds that end at the same time are kept and given one after another', async () => {
  const artifacts = { k: stored('one', 'common'), l: stored('two', 'common') }
  const keys = Object.entries(artifacts)
  await Promise.all(keys.map(([key, artifact]) => keepBuild(session(), transport, { key, artifact })))
  expect(kept().filter((name) => name.endsWith('.zst'))).toHaveLength(3)
  const before = files()
  rmSync(at('store/files'), { recursive: true })
  mkdirSync(at('store/files'))
  const given = await Promise.all(keys.map(([key]) => giveBuild(session(), transport, key)))
  expect(given.map((one) => one?.artifact)).toEqual([artifacts.k, artifacts.l])
  expect(files()).toEqual(before)
  expect(told).toEqual([])
})

test('another build is not known, and neither is one that is not whole any more', async () => {
  const artifact = stored('own')
  await keepBuild(session(), transport, { key: 'k', artifact })
  expect(await giveBuild(session(), transport, 'other')).toBeUndefined()
  rmSync(join(artifactsDirectory(stateDir()), `${sha256('own')}.tar.zst`))
  expect(await giveBuild(session(), transport, 'k')).toBeUndefined()
})

test('what is broken here is not taken in there', async () => {
  const artifact = stored('own')
  await keepBuild(session(), transport, { key: 'k', artifact })
  writeFileSync(join(artifactsDirectory(stateDir()), `${sha256('own')}.tar.zst`), zstdCompressSync('bad'))
  rmSync(at(`store/files/${sha256('own')}.tar.zst`))
  rmSync(at(`store/files/${artifact}.layers`))
  expect(await giveBuild(session(), transport, 'k')).toBeUndefined()
  expect(told).toEqual([expect.stringContaining('came as another')])
  expect(files()).toEqual([])
})

test('what cannot be kept is told, and harms nothing', async () => {
  const artifact = stored('own')
  writeFileSync(at(`store/files/${sha256('own')}.tar.zst`), zstdCompressSync('bad'))
  await keepBuild(session(), transport, { key: 'k', artifact })
  expect(told).toEqual([expect.stringContaining('was not kept here')])
  expect(existsSync(join(artifactsDirectory(stateDir()), 'k.build'))).toBe(false)
})

test('what nobody asked for in 30 days goes', async () => {
  await keepBuild(session(), transport, { key: 'k', artifact: stored('own') })
  const old = Date.now() / 1000 - 31 * 24 * 3600
  for (const name of kept()) utimesSync(join(artifactsDirectory(stateDir()), name), old, old)
  const artifact = stored('new')
  await keepBuild(session(), transport, { key: 'l', artifact })
  expect(kept()).toEqual([`${sha256('new')}.tar.zst`, `${artifact}.layers`, 'l.build'].toSorted())
})
