import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { office } from '../../../test/fixture/office.ts'
import type { Desired } from '../../model/desired.ts'
import type { Resource } from '../../model/resource.ts'
import { certificate } from '../../resources/certificate.ts'
import { file } from '../../resources/file.ts'
import { secret, secretText } from '../../resources/secret-text.ts'
import { asRun } from '../run.ts'
import { generated, keepSecrets, usesOf } from './keeper.ts'
import { storeFor } from './store.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'copse-secrets-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

/** The office, of which each host has these resources. */
function desired(...resources: readonly Resource[]): Desired {
  const rest = { probes: [], restorable: [], balanced: [], common: [], secrets: [] }
  const hosts = office.hosts.map((host) => ({ host, resources, ...rest }))
  return { file: join(directory, 'copse.config.ts'), environment: office, hosts, differences: [] }
}
const made = file('/made', { content: secretText`k=${secret('made', { generate: 30 })}` })
const given = file('/given', { content: secret('given') })
const keeper = (...resources: readonly Resource[]) => {
  const wanted = desired(...resources)
  return keepSecrets(wanted, storeFor(wanted, directory))
}
const revealed = async (name: string, ...resources: readonly Resource[]) =>
  (await keeper(...resources).open()).textOf({ parts: [{ secret: name }] })

test('what a definition names is known by name, with the hosts that need it', () => {
  const [first, second] = usesOf(desired(made, given))
  expect(first).toMatchObject({ name: 'given', generate: undefined })
  expect(second).toMatchObject({ name: 'made', generate: 30 })
  expect(second?.places.map(({ host, resource }) => `${host}: ${resource}`)).toContain('web2: file /made')
})

test('a secret is made once, and is the same from then on', async () => {
  expect(await keeper(made).make(['web1'])).toEqual(['made'])
  const value = await revealed('made', made)
  expect(value).toMatch(/^[A-Za-z0-9]{30}$/)
  expect(await keeper(made).make(['web1'])).toEqual([])
  expect(await revealed('made', made)).toBe(value)
})

test('the file is encrypted, and it and its key are the operator’s alone', async () => {
  await keeper(made).make([])
  const value = await revealed('made', made)
  const sealed = readFileSync(join(directory, 'secrets.age'), 'utf8')
  expect(sealed).toMatch(/^-----BEGIN AGE ENCRYPTED FILE-----\n/)
  expect(sealed).not.toContain(value)
  for (const name of ['secrets.age', 'secrets.key'])
    expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600)
})

test('looking writes nothing, and a secret that is still to be made has no digest', async () => {
  const looking = keeper(made)
  await looking.require(['web1'])
  expect((await looking.open()).digestOf({ parts: [{ secret: 'made' }] })).toBeUndefined()
  expect(() => statSync(join(directory, 'secrets.age'))).toThrow()
})

test('the store is not asked where nothing names a secret', async () => {
  writeFileSync(join(directory, 'secrets.age'), 'rubbish')
  const plain = keeper(file('/plain', { content: 'x' }))
  expect(await plain.make(['web1'])).toEqual([])
  expect((await plain.open()).has('made')).toBe(false)
  await expect(keeper(made).open()).rejects.toThrow(/secrets.key, which is gone/)
  expect((await keeper(made).known()).has('made')).toBe(false)
})

test('one that nobody has set is a problem of the config, and then none is made', async () => {
  await expect(keeper(made, given).make(['web1'])).rejects.toMatchObject({
    code: 'config',
    problems: [
      {
        message: 'file /given on web1 needs the secret given, which dev does not have',
        hint: 'copse secrets dev set given',
      },
    ],
  })
  expect((await keeper(made).open()).has('made')).toBe(false)
  await keeper(made, given).require([])
})

test('of runs that begin at the same time one makes it, and all have the same', async () => {
  const { signal } = new AbortController()
  const run = () => {
    const own = keeper(made)
    return asRun(
      { context: { signal, stateDir: directory, emit: () => undefined } },
      { lockTimeoutMs: 30_000, command: 'copse up dev' },
      async () => {
        const names = await own.make([])
        const value = (await own.open()).textOf({ parts: [{ secret: 'made' }] })
        return { outcomes: [], verdicts: [], names, value }
      },
    )
  }
  const reports = await Promise.all([run(), run(), run()])
  expect(reports.flatMap(({ names }) => names)).toEqual(['made'])
  expect(new Set(reports.map(({ value }) => value)).size).toBe(1)
})

const host = { name: 'web1', machine: 'devweb1', fqdn: 'devweb1.office.internal', address: '10.61.0.24' }
const leaf = certificate('web', { host })

test('a certificate needs the key of the authority, which is made once, with its certificate beside it', async () => {
  expect((await keeper(leaf).open()).authority).toBeUndefined()
  expect(await keeper(leaf).make([])).toEqual(['ca-key'])
  const first = (await keeper(leaf).open()).authority
  expect(first?.certificate).toMatch(/^-----BEGIN CERTIFICATE-----\n/)
  expect(readFileSync(join(directory, 'ca.crt'), 'utf8')).toBe(first?.certificate)
  expect(await keeper(leaf).make([])).toEqual([])
  expect((await keeper(leaf).open()).authority?.certificate).toBe(first?.certificate)
})

test('a run that was killed after the key leaves a certificate to be made, of the same key', async () => {
  await keeper(leaf).make([])
  const key = (await keeper(leaf).open()).authority?.key.reveal()
  rmSync(join(directory, 'ca.crt'))
  expect((await keeper(leaf).open()).authority).toBeUndefined()
  await keeper(leaf).make([])
  const { authority } = await keeper(leaf).open()
  expect(authority?.key.reveal()).toBe(key)
  expect(authority?.certificate).toMatch(/^-----BEGIN/)
})

test('no file can be given the key of the authority', () => {
  expect(() => secret('ca-key')).toThrow('ca-key signs certificates, and never leaves copse')
})

test('generated characters are letters and digits, all of them', () => {
  const text = generated(1024).reveal()
  expect(text).toMatch(/^[A-Za-z0-9]{1024}$/)
  expect(new Set(text).size).toBeGreaterThan(50)
})
