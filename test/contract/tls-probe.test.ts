/** What the probes of TLS and of https URLs say of real servers, which are OpenSSL's own on loopback. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openSecrets } from '../../src/engine/secrets/open.ts'
import { certify, makeAuthorityKey } from '../../src/engine/tls/authority.ts'
import { issue } from '../../src/engine/tls/issue.ts'
import { bridgesIn, presentOf, succeed } from '../../src/engine/tls/succession.ts'
import { sha256 } from '../../src/lib/digest.ts'
import type { Probe } from '../../src/model/probe.ts'
import { httpKind, httpProbe } from '../../src/probes/http.ts'
import type { ProbeKind } from '../../src/probes/kind.ts'
import { type TlsWanted, tlsKind, tlsProbe } from '../../src/probes/tls.ts'
import { judged } from '../fixture/judge.ts'

const directory = mkdtempSync(join(tmpdir(), 'copse-tls-'))
const host = { name: 'web1', address: '127.0.0.1', fqdn: 'devweb1.office.internal' }
const environment = { ecosystem: 'office', name: 'dev' }
const isThere = spawnSync('openssl', ['version']).status === 0
const servers: ChildProcess[] = []
/** Of a server whose certificate is valid, and of one whose certificate was made 31 days ago. */
let port: number
let expired: number
/** Of one whose certificate is of the authority that took over from the first. */
let successor: number

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
  const { authority } = openSecrets(new Map([['ca-key', key]]), { certificate })
  const names = [host.fqdn, host.address]
  const request = { commonName: host.fqdn, names, days: 30, client: true, authority: sha256(certificate) }
  writeFileSync(join(directory, 'ca'), certificate)
  writeFileSync(join(directory, 'stranger'), await certify(await makeAuthorityKey(), environment))
  port = await serve((await issue(authority, request)).pem)
  vi.useFakeTimers({ now: Date.now() - 31 * 24 * 3600 * 1000, toFake: ['Date'] })
  const old = await issue(authority, request).finally(() => vi.useRealTimers())
  expired = await serve(old.pem)
  const next = await makeAuthorityKey()
  const both = await succeed({ key, certificate }, next, environment)
  const leaf = await issue({ key: next, certificate: both }, { ...request, authority: sha256(both) })
  successor = await serve(leaf.pem, bridgesIn(both))
  writeFileSync(join(directory, 'both'), both)
  writeFileSync(join(directory, 'next'), presentOf(both))
})

/** Answers GETs too. OpenSSL's own server sends no more of a file than its first certificate. */
async function serve(pem: string, chain = ''): Promise<number> {
  const at = await freePort()
  const file = join(directory, `pem-${at}`)
  writeFileSync(file, pem)
  const args = ['s_server', '-www', '-accept', `127.0.0.1:${at}`, '-cert', file, '-key', file]
  if (chain !== '') {
    writeFileSync(`${file}-chain`, chain)
    args.push('-cert_chain', `${file}-chain`)
  }
  const server = spawn('openssl', args, { stdio: ['pipe', 'pipe', 'ignore'] })
  servers.push(server)
  if (server.stdout) await once(server.stdout, 'data')
  return at
}

afterAll(() => {
  for (const server of servers) server.kill()
  rmSync(directory, { recursive: true })
})

/** Asks as a host does, with this file as its authority. */
function run(kind: ProbeKind, { spec }: Probe, authority: string) {
  const script = kind.script(spec).shell.replaceAll('/etc/copse/tls/ca.crt', join(directory, authority))
  const { status, stdout, stderr } = spawnSync('sh', ['-eu', '-c', script], { encoding: 'utf8' })
  return judged(kind, spec, { code: status ?? 1, output: stdout + stderr })
}

function ask(wanted: TlsWanted = {}, { authority = 'ca', at = port } = {}) {
  return run(tlsKind, tlsProbe(host, at, wanted), authority)
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

test.runIf(isThere)('a certificate that has expired is told as such', () => {
  expect(ask({}, { at: expired })).toEqual({
    answers: false,
    detail: 'does not verify: certificate has expired',
  })
})

test.runIf(isThere)('an https URL is verified by the environment’s authority, where the asker has it', () => {
  const get = (authority: string, at = port) =>
    run(httpKind, httpProbe(host, `https://${host.fqdn}:${at}/`), authority)
  expect(get('ca')).toEqual({ answers: true, detail: 'status 200' })
  for (const [authority, at, reason] of [
    ['ca', expired, /^curl: \(60\) .*expired$/],
    ['stranger', port, /^curl: \(60\) .*(unable to get local issuer|certificate signature failure)/],
    ['none', port, /^curl: \(60\) .*unable to get local issuer certificate$/],
  ] as const)
    expect(get(authority, at)).toEqual({ answers: false, detail: expect.stringMatching(reason) })
})

test.runIf(isThere)(
  'what another authority issued is verified by what came along, and sites by either',
  () => {
    const [issuers, said] = [join(directory, 'issuers'), join(directory, 'said')]
    const issued = { issuers, said }
    writeFileSync(said, 'it has no time\n')
    expect(ask({ issued })).toEqual({ answers: false, detail: 'nothing was issued yet; it has no time' })
    writeFileSync(issuers, readFileSync(join(directory, 'stranger')))
    const strange = ask({ issued })
    expect(strange.answers).toBe(false)
    expect(strange.detail).toMatch(/^does not verify: .*; it has no time$/)
    const get = (authority: string) =>
      run(httpKind, httpProbe(host, `https://${host.fqdn}:${port}/`, { issuers }), authority)
    expect([get('ca').answers, get('none').answers]).toEqual([true, false])
    writeFileSync(issuers, readFileSync(join(directory, 'ca')))
    expect(ask({ issued }, { authority: 'stranger' }).answers).toBe(true)
    expect([get('stranger').answers, get('none').answers]).toEqual([true, true])
  },
)

test.runIf(isThere)('while an authority takes over, old and new hosts verify each other', () => {
  for (const [authority, at] of [
    ['ca', successor],
    ['both', successor],
    ['both', port],
    ['next', successor],
  ] as const)
    expect([authority, at, ask({}, { authority, at })]).toEqual([
      authority,
      at,
      { answers: true, detail: expect.stringContaining('valid for') },
    ])
  expect(ask({}, { authority: 'next', at: port }).answers).toBe(false)
})
