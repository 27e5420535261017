/** The balancer over https: what it proves itself by, and that nobody notices when that is renewed. */
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { connect as connectHttp2 } from 'node:http2'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ConnectionOptions, connect } from 'node:tls'
import { expect, test, vi } from 'vitest'
import type { Authority } from '../../../src/engine/secrets/open.ts'
import { issue } from '../../../src/engine/tls/issue.ts'
import { sha256 } from '../../../src/lib/digest.ts'
import { Secret } from '../../../src/lib/secret.ts'
import { load } from '../load.ts'
import type { World } from './world.ts'

const day = 24 * 3600 * 1000
const site = 'www.office.internal'
const names = [
  site,
  'cdn.office.internal',
  'repo.office.internal',
  'devlb.office.internal',
  'lb.office.internal',
]

/** Of the host `lb`, with its further names, in front of `web1` and `web2`. */
export function https(world: () => World): void {
  const well = async (...words: string[]) => {
    const { code, stdout, stderr } = await world().copse(...words)
    expect(code, stdout + stderr).toBe(0)
    return stdout
  }
  const onBalancer = (script: string) => well('exec', 'dev', '-l', 'lb', '--', script)
  const authority = async (): Promise<Authority> => ({
    key: new Secret(await well('secrets', 'dev', 'get', 'ca-key')),
    certificate: `${(await well('ca', 'dev', 'export')).trim()}\n`,
  })
  const knock = async (servername: string, options: ConnectionOptions = {}) => {
    const { certificate: ca } = await authority()
    return meet({ host: world().address('lb'), servername, ca, ...options })
  }
  const balancerNow = async () => new X509Certificate(await onBalancer(`cat ${place}/crt`))

  test('every name of the balancer verifies against what copse ca prints', async () => {
    for (const servername of names) {
      const { isVerified, protocol } = await knock(servername)
      expect(isVerified, servername).toBe(true)
      expect(['TLSv1.2', 'TLSv1.3']).toContain(protocol)
    }
  })

  test('HTTP/2 is spoken, and both servers answer', async () => {
    const { certificate: ca } = await authority()
    const session = connectHttp2(`https://${world().address('lb')}`, { servername: site, ca })
    const served = new Set<unknown>()
    for (let request = 0; request < 6; request++) {
      const stream = session.request({ ':path': '/', ':authority': site })
      const [headers] = await once(stream, 'response')
      stream.resume()
      await once(stream, 'end')
      expect(headers[':status']).toBe(200)
      served.add(headers['x-served-by'])
    }
    session.close()
    expect([...served].sort()).toEqual(['devweb1', 'devweb2'])
  })

  test('a foreign name, a stranger’s trust and an old protocol are turned away', async () => {
    await expect(knock('www.elsewhere.example')).rejects.toThrow('ERR_TLS_CERT_ALTNAME_INVALID')
    await expect(knock(site, { ca: [] })).rejects.toThrow('UNABLE_TO_VERIFY_LEAF_SIGNATURE')
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const
    await expect(knock(site, old)).rejects.toThrow(/PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/)
  })

  /** What the balancer would have if nobody had given `up` for so many days. */
  const plant = async (age: number) => {
    const now = await balancerNow()
    const signer = await authority()
    vi.useFakeTimers({ now: Date.now() - age * day, toFake: ['Date'] })
    const leaf = await issue(signer, {
      commonName: now.subject.replace('CN=', ''),
      names: (now.subjectAltName ?? '').split(', ').map((name) => name.replace(/^[^:]+:/, '')),
      days: 30,
      client: true,
      authority: sha256(signer.certificate),
    }).finally(() => vi.useRealTimers())
    const files = (['key', 'crt', 'pem'] as const).map(
      (part) => `echo ${Buffer.from(leaf[part]).toString('base64')} | base64 -d >${place}/${part}`,
    )
    await onBalancer([...files, 'systemctl reload haproxy'].join(' && '))
  }
  const redProbes = async () => {
    const { code, stdout } = await world().copse('verify', 'dev', '--json')
    const red = verdictsIn(stdout).filter(({ ok }) => !ok)
    expect(code).toBe(red.length > 0 ? 1 : 0)
    return red.map(({ probe, detail }) => `${probe}: ${detail}`)
  }

  test('a certificate near its end is red with the days that are left, and an expired one is refused', {
    timeout: 240_000,
  }, async () => {
    await plant(25)
    expect(await redProbes()).toEqual([
      expect.stringMatching(`^tls ${site}:443: ${site}, valid for (4\\.9|5\\.0) days, wanted more than 7$`),
    ])
    expect(await well('plan', 'dev')).toMatch(/balancer\.crt.*expires in [45] days/)
    await plant(31)
    expect(await redProbes()).toEqual([
      `tls ${site}:443: does not verify: certificate has expired`,
      expect.stringMatching(`^http https://${site}: .*certificate has expired`),
    ])
    await well('up', 'dev')
    expect(await redProbes()).toEqual([])
  })

  test.each([
    ['new connections', false],
    ['connections that stay open', true],
  ])(
    '100 https GETs/s over %s lose none while up renews the certificate',
    {
      timeout: 300_000,
    },
    async (_what, keepAlive) => {
      await plant(25)
      const before = await balancerNow()
      const { certificate: ca } = await authority()
      const url = `https://${world().address('lb')}/`
      const running = load({ url, host: site, ca, keepAlive, perSecond: 100, seconds: 40 })
      await sleep(3000)
      await well('up', 'dev')
      const after = await balancerNow()
      const served = await knock(site)
      const result = await running
      console.info(`certificate renewed: ${result.failed} failed of ${result.sent}, p99 ${result.p99} ms`)
      expect(result.sent).toBe(4000)
      expect(result.failures).toEqual({})
      expect(after.serialNumber).not.toBe(before.serialNumber)
      expect(served.serial).toBe(after.serialNumber)
      expect(await redProbes()).toEqual([])
    },
  )
}

const place = '/etc/copse/tls/.balancer/now'

/** Shakes hands; rejects with OpenSSL's or Node's code for what is wrong. */
async function meet(options: ConnectionOptions) {
  const socket = connect({ port: 443, ...options })
  try {
    await once(socket, 'secureConnect', { signal: AbortSignal.timeout(10_000) })
    const serial = socket.getPeerX509Certificate()?.serialNumber
    return { isVerified: socket.authorized, protocol: socket.getProtocol(), serial }
  } catch (error) {
    throw new Error(error instanceof Error && 'code' in error ? String(error.code) : String(error))
  } finally {
    socket.destroy()
  }
}

interface Red {
  readonly probe: string
  readonly ok: boolean
  readonly detail: string
}

function verdictsIn(stdout: string): readonly Red[] {
  return JSON.parse(stdout).verdicts
}
