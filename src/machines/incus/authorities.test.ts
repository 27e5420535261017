import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readAuthorities } from './authorities.ts'
import { localBox } from './local-box.ts'

const certificate = '-----BEGIN CERTIFICATE-----\nQUJD\nREVG\n-----END CERTIFICATE-----\n'

test('guests are given the certificates of the box, and nothing that lies beside them', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'copse-ca-'))
  try {
    const key = '-----BEGIN PRIVATE KEY-----\nQUJD\n-----END PRIVATE KEY-----\n'
    await writeFile(join(directory, 'b.crt'), `About it\n${certificate}${key}${certificate}`)
    await writeFile(join(directory, 'a.crt'), certificate.replaceAll('\n', '\r\n'))
    await writeFile(join(directory, 'der.crt'), Uint8Array.of(0x30, 0x82, 0xff))
    await writeFile(join(directory, 'c.pem'), certificate)
    expect(await readAuthorities(localBox, directory)).toEqual([
      { name: 'a.crt', text: certificate },
      { name: 'b.crt', text: certificate + certificate },
    ])
  } finally {
    await rm(directory, { recursive: true })
  }
})

test('a box that trusts nobody else gives them nothing', async () => {
  expect(await readAuthorities(localBox, '/nonexistent')).toEqual([])
})
