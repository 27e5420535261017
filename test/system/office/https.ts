/** The balancer over https: what it proves itself by, and that nobody notices when that is renewed. */
import { once } from 'node:events'
import { connect as connectHttp2 } from 'node:http2'
import { type ConnectionOptions, connect } from 'node:tls'
import { expect, test } from 'vitest'
import { type Definition, needs, notices, servicesOf } from './needs.ts'
import {
  age,
  authorityOf,
  certificateOn,
  leastSeconds,
  redProbes,
  upDuring,
  well,
} from './old-certificate.ts'
import type { World } from './world.ts'

const served = { host: 'lb', name: 'balancer', unit: 'haproxy' }
const site = 'cdn.office.internal'
const names = [
  site,
  'www.office.internal',
  'repo.office.internal',
  'devlb.office.internal',
  'lb.office.internal',
]

/** Of the host `lb`, with its further names, in front of `web1` and `web2`. */
export function https(world: () => World): void {
  const knock = async (servername: string, options: ConnectionOptions = {}) => {
    const ca = await authorityOf(world())
    return meet({ host: world().address('lb'), servername, ca, ...options })
  }

  test('every name of the balancer verifies against what copse ca prints', async () => {
    for (const servername of names) {
      const { isVerified, protocol } = await knock(servername)
      expect(isVerified, servername).toBe(true)
      expect(['TLSv1.2', 'TLSv1.3']).toContain(protocol)
    }
  })

  test('HTTP/2 is spoken, and both servers answer', async () => {
    const ca = await authorityOf(world())
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

  test('a certificate near its end is red with the days that are left, and an expired one is refused', {
    timeout: 240_000,
  }, async () => {
    await age(world(), served, 25)
    expect(await redProbes(world())).toEqual([
      expect.stringMatching(`^tls ${site}:443: ${site}, valid for (4\\.9|5\\.0) days, wanted more than 7$`),
    ])
    expect(await well(world(), 'plan', 'dev')).toMatch(/balancer\.crt.*expires in [45] days/)
    await age(world(), served, 31)
    const red = await redProbes(world())
    expect(red.map((line) => line.split(': ')[0]).sort()).toEqual(await whoNeedsTls(world()))
    expect(red).toContain(`tls ${site}:443: does not verify: certificate has expired`)
    expect(red).toContainEqual(expect.stringMatching(`^http https://${site}: .*certificate has expired`))
    await well(world(), 'up', 'dev')
    expect(await redProbes(world())).toEqual([])
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
      await age(world(), served, 25)
      const before = await certificateOn(world(), served)
      const ca = await authorityOf(world())
      const url = `https://${world().address('lb')}/`
      const result = await upDuring(world(), { url, host: site, ca, keepAlive, perSecond: 100 })
      const after = await certificateOn(world(), served)
      const shown = await knock(site)
      console.info(`certificate renewed: ${result.failed} failed of ${result.sent}, p99 ${result.p99} ms`)
      expect(result.sent).toBeGreaterThanOrEqual(100 * leastSeconds)
      expect(result.failures).toEqual({})
      expect(after.serialNumber).not.toBe(before.serialNumber)
      expect(shown.serial).toBe(after.serialNumber)
      expect(await redProbes(world())).toEqual([])
    },
  )

  test('another authority takes over, and whoever trusts the former one alone loses no request meanwhile', {
    timeout: 480_000,
  }, async () => {
    const former = await authorityOf(world())
    await well(world(), 'secrets', 'dev', 'set', 'ca-key', '--generate')
    const url = `https://${world().address('lb')}/`
    const result = await upDuring(world(), { url, host: site, ca: former, perSecond: 20 })
    console.info(`another authority: ${result.failed} failed of ${result.sent}, p99 ${result.p99} ms`)
    expect(result.failures).toEqual({})
    expect(await authorityOf(world())).not.toBe(former)
    expect(await well(world(), 'plan', 'dev')).toContain('ca.crt holds a former authority too')
    await well(world(), 'up', 'dev')
    expect((await knock(site)).isVerified).toBe(true)
    await expect(knock(site, { ca: former })).rejects.toThrow(/SIGNATURE|ISSUER|SELF_SIGNED/)
    await well(world(), 'plan', 'dev', '--detailed-exitcode')
  })
}

/** The names of the probes that cannot be green while the certificate has expired. */
async function whoNeedsTls(world: World): Promise<readonly string[]> {
  const definition: Definition = JSON.parse(await well(world, 'config', 'dev'))
  const { environment, hosts } = definition
  const endpoints = servicesOf(environment)
    .filter(({ host, role }) => host === served.host && role === served.name)
    .flatMap((service) => service.endpoints.filter(({ tls }) => tls))
  const expired = { host: served.host, endpoints, isNoticed: notices.expired }
  const probes = hosts.flatMap((host) => host.probes).filter((probe) => needs(probe, definition, expired))
  return probes.map(({ name }) => name).sort()
}

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
