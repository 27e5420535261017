/** What the probe of TLS says of real servers, which are OpenSSL's own on loopback. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSecrets } from '../../src/engine/secrets/open.ts'
import { certify, makeAuthorityKey } from '../../src/engine/tls/authority.ts'
import { issue } from '../../src/engine/tls/issue.ts'
import { sha256 } from '../../src/lib/digest.ts'
import { type TlsWanted, tlsKind, tlsProbe } from '../../src/probes/tls.ts'
import { judged } from '../fixture/judge.ts'

const directory = mkdtempSync(join(tmpdir(), 'copse-tls-'))
const host = { name: 'web1', address: '127.0.0.1', fqdn: 'devweb1.office.internal' }
const environment = { ecosystem: 'office', name: 'dev' }
const isThere = spawnSync('openssl', ['version']).status === 0
let server: ChildProcess
let port: number

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  return address && typeof address === 'object' ? address.port : 0
}

beforeAll(async () => {
  const key = await makeAuthorityKey()
  const certificate = await certify(key, environment)
  const { authority } = openSecrets(new Map([['ca-key', key]]), certificate)
  const names = [host.fqdn, host.address]
  const request = { commonName: host.fqdn, names, days: 30, client: true, authority: sha256(certificate) }
  const { pem, ca } = await issue(authority, request)
  writeFileSync(join(directory, 'pem'), pem)
  writeFileSync(join(directory, 'ca'), ca)
  writeFileSync(join(directory, 'stranger'), await certify(await makeAuthorityKey(), environment))
  port = await freePort()
  const args = [
    's_server',
    '-accept',
    `127.0.0.1:${port}`,
    '-cert',
    join(directory, 'pem'),
    '-key',
    join(directory, 'pem'),
  ]
  server = spawn('openssl', args, { stdio: ['pipe', 'pipe', 'ignore'] })
  if (server.stdout) await once(server.stdout, 'data')
})

afterAll(() => {
  server?.kill()
  rmSync(directory, { recursive: true })
})

/** Asks as a host does, with this file as its authority. */
function ask(wanted: TlsWanted = {}, { authority = 'ca', at = port } = {}) {
  const probe = tlsProbe(host, at, wanted)
  const script = tlsKind
    .script(probe.spec)
    .shell.replaceAll('/etc/copse/tls/ca.crt', join(directory, authority))
  const { status, stdout, stderr } = spawnSync('sh', ['-eu', '-c', script], { encoding: 'utf8' })
  return judged(tlsKind, probe.spec, { code: status ?? 1, output: stdout + stderr })
}

test.runIf(isThere)('a server with a certificate for its name and address proves itself', () => {
  const [well, byAddress, early] = [ask(), ask({ name: '127.0.0.1' }), ask({ days: 31 })]
  expect([well.answers, byAddress.answers, early.answers]).toEqual([true, true, false])
  expect(well.detail).toMatch(/^devweb1.office.internal, valid for (29|30) days$/)
  expect(byAddress.detail).toMatch(/^127.0.0.1, valid for (29|30) days$/)
  expect(early.detail).toMatch(/^devweb1.office.internal, valid for (29|30) days, wanted more than 31$/)
})

test.runIf(isThere)('another name, another authority and nobody are told apart', async () => {
  expect(ask({ name: 'web2' })).toEqual({ answers: false, detail: 'does not verify: hostname mismatch' })
  expect(ask({ name: '10.0.0.1' })).toEqual({
    answers: false,
    detail: 'does not verify: IP address mismatch',
  })
  const strange = ask({}, { authority: 'stranger' })
  expect(strange.answers).toBe(false)
  expect(strange.detail).toMatch(/^does not verify: /)
  const silent = ask({}, { at: await freePort() })
  expect(silent.answers).toBe(false)
  expect(silent.detail).toMatch(/refused|errno=111/)
  expect(ask({}, { authority: 'none' }).detail).toMatch(/^not asked: there is no /)
})
