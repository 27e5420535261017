import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { office } from '../../../test/fixture/office.ts'
import { Secret } from '../../lib/secret.ts'
import { certificate } from '../../resources/certificate.ts'
import { makeAuthorityKey } from '../tls/authority.ts'
import { changeSecrets } from './change.ts'
import { withValue } from './document.ts'
import { keepSecrets } from './keeper.ts'
import { storeFor } from './store.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'copse-change-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

const [host = expect.fail('the office has no host')] = office.hosts
const rest = { probes: [], restorable: [], balanced: [], common: [], secrets: [] }
const hosts = [{ host, resources: [certificate('web', { host })], ...rest }]

function session() {
  const desired = { file: join(directory, 'copse.config.ts'), environment: office, hosts, differences: [] }
  const { signal } = new AbortController()
  return {
    context: { signal, stateDir: directory, emit: () => undefined },
    desired,
    secrets: keepSecrets(desired, storeFor(desired, directory)),
  }
}

const options = { lockTimeoutMs: 10_000, command: 'copse secrets dev set ca-key' }
const set = (value: Secret) =>
  changeSecrets(session(), options, async (held) => withValue(held, 'ca-key', { value, isMade: true }))
const trusted = async () => (await session().secrets.store.certificate()) ?? ''

test('where the authority gets another key, hosts trust both until all have the new one', async () => {
  await session().secrets.make([])
  const former = await trusted()
  expect(await session().secrets.endSuccession()).toBe(false)
  await set(await makeAuthorityKey())
  const both = await trusted()
  expect(both.endsWith(former)).toBe(true)
  // The next `up` gives them as they are.
  await session().secrets.make([])
  expect(await trusted()).toBe(both)
  expect(await session().secrets.endSuccession()).toBe(true)
  expect(both.startsWith(await trusted())).toBe(true)
  expect(await trusted()).not.toContain(former)
  expect(await session().secrets.endSuccession()).toBe(false)
})

test('the same key again changes nothing, and what is no key is refused before it is kept', async () => {
  await session().secrets.make([])
  const [before, key] = [await trusted(), (await session().secrets.open()).authority?.key]
  await set(key ?? expect.fail('there is no key'))
  await expect(set(new Secret('rubbish'))).rejects.toThrow('no private key of ECDSA')
  expect(await trusted()).toBe(before)
  expect((await session().secrets.open()).authority?.key.reveal()).toBe(key?.reveal())
})
