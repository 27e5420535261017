/** Where the value of a secret is found: in what a host is sent, and nowhere else. */
import { expect, test } from 'vitest'
import { sha256 } from '../../lib/digest.ts'
import { Secret } from '../../lib/secret.ts'
import { certificate } from '../../resources/certificate.ts'
import { file } from '../../resources/file.ts'
import { secret, secretText } from '../../resources/secret-text.ts'
import { unit } from '../../resources/unit.ts'
import type { Archive, Transport } from '../../transports/transport.ts'
import { applyHost } from '../apply.ts'
import type { Event } from '../events.ts'
import { nothing } from '../observe.ts'
import { bindAll, planHost } from '../plan-host.ts'
import { applyArchive } from '../session-archive.ts'
import { certify, makeAuthorityKey } from '../tls/authority.ts'
import { openSecrets } from './open.ts'

const canary = 'c4n4ry"of the/coal+mine'
const forms = [
  canary,
  JSON.stringify(canary).slice(1, -1),
  encodeURIComponent(canary),
  Buffer.from(canary).toString('base64'),
  Buffer.from(canary).toString('hex'),
]
const found = (text: string) => forms.filter((form) => text.includes(form))

const secrets = openSecrets(new Map([['canary', new Secret(canary)]]))
const resources = [
  file('/etc/app.env', { content: secretText`KEY=${secret('canary')}\n` }),
  file('/etc/key', { content: secret('canary'), owner: 'games' }),
  ...unit('app', { restartOn: ['/etc/app.env'] }).flatMap((one) => ('kind' in one ? [one] : [])),
]
const wanted = bindAll(resources, { secrets })
const plan = planHost({ host: 'web1', wanted, found: nothing, identity: 'x' })

/** A host that keeps what it is sent, and whose second step fails with the value in what it prints. */
function host(): Transport & { readonly sent: Archive[] } {
  const sent: Archive[] = []
  const log = Buffer.from(`app: bad key ${canary}`).toString('base64')
  return {
    sent,
    run: async () => ({ code: 0, stdout: '', stderr: '' }),
    loginAnew: async () => true,
    async *stream(archive) {
      sent.push(archive)
      yield '{"event":"session","dir":"/run/copse/x"}'
      yield '{"event":"step-start","step":1}'
      yield `{"event":"step-end","step":1,"code":1,"ms":1,"log":"${log}"}`
      yield `{"event":"done","result":"failed","detail":"${log}"}`
    },
  }
}

test('a plan holds no value, also when it is saved, nor do the things that it was made of', () => {
  const saved = JSON.stringify(plan)
  expect(saved).toContain('"secret":"canary"')
  expect(found(saved)).toEqual([])
  expect(found(JSON.stringify([resources, wanted, secrets]))).toEqual([])
  expect(plan.changes.every((change) => change.diff === undefined)).toBe(true)
})

test('the archive holds it in the payloads of the files alone; events and the outcome say [secret]', async () => {
  const transport = host()
  const events: Event[] = []
  const context = {
    signal: new AbortController().signal,
    stateDir: '',
    emit: (event: Event) => void events.push(event),
  }
  const outcome = await applyHost(context, { plan, transport }, { run: 1, waitMs: 0, secrets })
  const [archive = {}] = transport.sent
  const holders = Object.entries(archive).filter(
    ([, payload]) => 'text' in payload && found(payload.text).length > 0,
  )
  expect(holders.map(([name]) => name)).toEqual(['steps/00001/content-0', 'steps/00001/content-1'])
  expect(holders[0]?.[1]).toEqual({ text: `KEY=${canary}\n` })
  expect(outcome).toMatchObject({ result: 'failed', log: 'app: bad key [secret]' })
  expect(found(JSON.stringify([events, outcome]))).toEqual([])
})

test('the key of a certificate is in two files of its step, and the authority’s nowhere', async () => {
  const key = await makeAuthorityKey()
  const ca = await certify(key, { ecosystem: 'office', name: 'dev' })
  const signing = openSecrets(new Map([['ca-key', key]]), { certificate: ca })
  const host = { name: 'web1', machine: 'devweb1', fqdn: 'devweb1.office.internal', address: '10.61.0.24' }
  const signed = planHost({
    host: 'web1',
    wanted: bindAll([certificate('web', { host })], { secrets: signing }),
    found: nothing,
    identity: 'x',
  })
  expect(JSON.stringify(signed)).not.toContain('PRIVATE')
  const archive = await applyArchive(signed, { run: 1, waitMs: 0, secrets: signing })
  const texts = Object.entries(archive).map(([name, payload]) => [
    name,
    'text' in payload ? payload.text : '',
  ])
  const holders = texts.filter(([, text]) => text?.includes('PRIVATE KEY')).map(([name]) => name)
  expect(holders).toEqual(['steps/00001/key', 'steps/00001/pem'])
  expect(JSON.stringify(texts)).not.toContain(JSON.stringify(key.reveal()).slice(40, 80))
})

test('a unit is restarted for another value of a secret', () => {
  const other = openSecrets(new Map([['canary', new Secret('another value')]]))
  const again = bindAll(resources, { secrets: other })
  expect(again[0]?.digest).not.toBe(wanted[0]?.digest)
  expect(wanted[0]?.digest).not.toBe(sha256(canary))
})
