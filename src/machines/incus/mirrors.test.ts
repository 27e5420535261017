import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseAptSources } from './apt-sources.ts'
import { localBox } from './local-box.ts'
import { chooseMirrors, readMirrors } from './mirrors.ts'

const choose = (text: string) => chooseMirrors(parseAptSources('sources.list', text))
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg'

test('the archive and its security updates are told apart', () => {
  const text = `deb http://m.example/debian-security bookworm-security main
deb http://m.example/debian/ bookworm main
deb http://m.example/debian bookworm-updates main`
  expect(choose(text)).toEqual({
    archive: 'http://m.example/debian',
    security: 'http://m.example/debian-security',
  })
})

test("other people's archives are not taken, not even under Debian's suite names", () => {
  const text = `deb [signed-by=/etc/apt/keyrings/h.gpg] https://h.example bookworm main
deb https://d.example/linux/debian bookworm stable
deb https://s.example/apt sdk-bookworm main
deb http://b.example/debian bookworm-backports main`
  expect(choose(text)).toBeUndefined()
})

test("a source signed by Debian's keyring goes before one that names no key", () => {
  const text = `deb http://unsigned.example/debian trixie main
deb [signed-by=${keyring}] http://signed.example/debian trixie main`
  expect(choose(text)).toEqual({ archive: 'http://signed.example/debian', security: undefined })
})

test('a source with a password in it is never taken, and neither is one that only the box can read', () => {
  expect(choose('deb http://user:secret@m.example/debian trixie main')).toBeUndefined()
  expect(choose('deb file:/srv/mirror trixie main')).toBeUndefined()
})

test('lists of mirrors are followed, as on cloud images', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'copse-apt-'))
  try {
    const list = join(directory, 'mirrors.list')
    await mkdir(join(directory, 'sources.list.d'))
    await writeFile(list, '# mirrors\nhttps://m.example/debian\n')
    await writeFile(
      join(directory, 'sources.list.d', 'debian.sources'),
      `Types: deb\nURIs: mirror+file://${list}\nSuites: trixie\nComponents: main\nSigned-By: ${keyring}\n`,
    )
    expect(await readMirrors(localBox, directory)).toEqual({
      archive: 'https://m.example/debian',
      security: undefined,
    })
  } finally {
    await rm(directory, { recursive: true })
  }
})

test('a box without a source of Debian says so', async () => {
  await expect(readMirrors(localBox, '/nonexistent')).rejects.toMatchObject({
    code: 'failed',
    message: expect.stringContaining('no package source of Debian'),
  })
})
