/** The certificate that a host would have if nobody had given `up` for some days. */
import { X509Certificate } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, vi } from 'vitest'
import { issue } from '../../../src/engine/tls/issue.ts'
import { sha256 } from '../../../src/lib/digest.ts'
import { Secret } from '../../../src/lib/secret.ts'
import { type LoadResult, load, type Target } from '../load.ts'
import type { World } from './world.ts'

/** A certificate by its name, and the unit of its host that reads it. */
export interface Served {
  readonly host: string
  readonly name: string
  readonly unit: string
}

const day = 24 * 3600 * 1000

/** How long a load lasts that a certificate is renewed under. */
export const leastSeconds = 40

/** What the host has now. */
export async function certificateOn(world: World, { host, name }: Served): Promise<X509Certificate> {
  return new X509Certificate(await well(world, 'exec', 'dev', '-l', host, '--', `cat ${place(name)}/crt`))
}

/** The environment's authority, as `copse ca` prints it. */
export async function authorityOf(world: World): Promise<string> {
  return `${(await well(world, 'ca', 'dev', 'export')).trim()}\n`
}

/** Puts one in its place that was made so many days ago, for 30 days, and has its unit read it. */
export async function age(world: World, served: Served, days: number): Promise<void> {
  const { subject, subjectAltName = '' } = await certificateOn(world, served)
  const key = new Secret(await well(world, 'secrets', 'dev', 'get', 'ca-key'))
  const certificate = await authorityOf(world)
  const request = {
    commonName: subject.replace('CN=', ''),
    names: subjectAltName.split(', ').map((name) => name.replace(/^[^:]+:/, '')),
    ...{ days: 30, client: true, authority: sha256(certificate) },
  }
  vi.useFakeTimers({ now: Date.now() - days * day, toFake: ['Date'] })
  const leaf = await issue({ key, certificate }, request).finally(() => vi.useRealTimers())
  const files = (['key', 'crt', 'pem'] as const).map(
    (part) => `echo ${Buffer.from(leaf[part]).toString('base64')} | base64 -d >${place(served.name)}/${part}`,
  )
  const script = [...files, `systemctl reload ${served.unit}`].join(' && ')
  await well(world, 'exec', 'dev', '-l', served.host, '--', script)
}

/** What `verify` finds red, each with its reason. */
export async function redProbes(world: World): Promise<readonly string[]> {
  const { code, stdout } = await world.copse('verify', 'dev', '--json')
  const verdicts: readonly { readonly probe: string; readonly ok: boolean; readonly detail: string }[] =
    JSON.parse(stdout).verdicts
  const red = verdicts.filter(({ ok }) => !ok)
  expect(code).toBe(red.length > 0 ? 1 : 0)
  return red.map(({ probe, detail }) => `${probe}: ${detail}`)
}

/** Gives `up` while a load runs, which ends a moment after it and lasts for `leastSeconds` at least. */
export async function upDuring(
  world: World,
  target: Omit<Target, 'seconds' | 'signal'>,
): Promise<LoadResult> {
  const enough = new AbortController()
  const running = load({ ...target, seconds: 300, signal: enough.signal })
  const isLong = sleep(leastSeconds * 1000)
  await sleep(3000)
  const up = well(world, 'up', 'dev').then(() => 'up')
  const isLonger = Promise.race([up, running.then(() => 'load')])
  const end = () => void isLong.then(() => setTimeout(() => enough.abort(), 1000))
  expect(await isLonger.finally(end)).toBe('up')
  return running
}

function place(name: string): string {
  return `/etc/copse/tls/.${name}/now`
}

/** What it printed; it must end well. */
export async function well(world: World, ...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await world.copse(...words)
  expect(code, stdout + stderr).toBe(0)
  return stdout
}
