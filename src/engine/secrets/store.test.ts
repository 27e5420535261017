import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { office } from '../../../test/fixture/office.ts'
import { Secret } from '../../lib/secret.ts'
import { nothingHeld, withValue } from './document.ts'
import { type Identity, makeIdentity } from './seal.ts'
import { storeFor } from './store.ts'

let directory: string
let ana: Identity
let ben: Identity
const before = process.env.COPSE_IDENTITY
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'copse-store-'))
  ;[ana, ben] = [await makeIdentity(), await makeIdentity()]
})
afterEach(() => {
  rmSync(directory, { recursive: true })
  if (before === undefined) delete process.env.COPSE_IDENTITY
  else process.env.COPSE_IDENTITY = before
})

/** The store of the repository, as one with this identity sees it; `readers` are the recipients of the config. */
function repo(own: Identity | undefined, ...readers: readonly Identity[]) {
  const path = join(directory, 'identity')
  rmSync(path, { force: true })
  if (own) writeFileSync(path, `# created: today\n# public key: ${own.recipient}\n${own.identity}\n`)
  process.env.COPSE_IDENTITY = path
  const people = readers.map(({ recipient }) => ({ name: 'x', keys: [], recipients: [recipient] }))
  const environment = { ...office, name: 'prod', secrets: 'repo' as const, people }
  return storeFor(
    { file: join(directory, 'copse.config.ts'), environment, hosts: [], differences: [] },
    directory,
  )
}
const held = withValue(nothingHeld, 'smtp', { value: new Secret('s3cret'), isMade: false })

test('all recipients read what one of them wrote', async () => {
  await repo(ana, ana, ben).write(held)
  for (const reader of [ana, ben]) {
    const found = await repo(reader, ana, ben).read()
    expect(found.values.get('smtp')?.reveal()).toBe('s3cret')
    expect(found.recipients).toEqual([ana.recipient, ben.recipient])
  }
  expect(readdirSync(join(directory, 'secrets'))).toEqual(['prod.age'])
})

test('who is no recipient is told so, with what to do', async () => {
  await repo(ana, ana).write(held)
  await expect(repo(ben, ana).read()).rejects.toMatchObject({
    message: expect.stringContaining(`is not encrypted for you (${ben.recipient})`),
    hint: expect.stringContaining('copse secrets prod edit'),
  })
})

test('who would lock themselves out is refused', async () => {
  await expect(repo(ben, ana).write(held)).rejects.toThrow('you would not be able to read')
  await expect(repo(ben).write(held)).rejects.toMatchObject({
    message: 'nobody could read the secrets of prod: none of its people has recipients',
    hint: expect.stringContaining('age-keygen'),
  })
})

test('an identity that is missing or none is named, and never quoted', async () => {
  await repo(ana, ana).write(held)
  await expect(repo(undefined, ana).read()).rejects.toMatchObject({
    message: expect.stringContaining('needs an identity of age, and there is no'),
    hint: expect.stringContaining('COPSE_IDENTITY'),
  })
  const broken = { ...ana, identity: ana.identity.slice(0, -1) }
  await expect(repo(broken, ana).read()).rejects.toThrow(/^\S+ holds no identity of age$/)
})

test('a damaged file is told as such', async () => {
  mkdirSync(join(directory, 'secrets'))
  writeFileSync(join(directory, 'secrets', 'prod.age'), 'x')
  await expect(repo(ana, ana).read()).rejects.toThrow(/prod.age is damaged$/)
})

test('a draft that a killed run has left goes with the next change', async () => {
  mkdirSync(join(directory, 'secrets'))
  writeFileSync(join(directory, 'secrets', 'prod.age.4711'), 'half')
  await repo(ana, ana).write(held)
  expect(readdirSync(join(directory, 'secrets'))).toEqual(['prod.age'])
})

test('where there is no file there is nothing', async () => {
  expect((await repo(ana, ana).read()).values.size).toBe(0)
})
