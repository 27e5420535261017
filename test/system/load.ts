/** An open-loop load: so many requests a second, whatever the answers do; counts what failed. */
import { Agent, request } from 'node:http'
import { Agent as SecureAgent, request as secureRequest } from 'node:https'
import { BlockList, isIPv4 } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createSecureContext } from 'node:tls'

export interface Target {
  /** HTTP or HTTPS to an IPv4 address, which must be private or loopback. */
  readonly url: string
  /** The Host header, and over HTTPS the name that the server must prove itself by. */
  readonly host: string
  /** The only authority that is trusted over HTTPS, as PEM. */
  readonly ca?: string
  /** Sends requests in turn on a few connections that stay open. Default: each on a new one. */
  readonly keepAlive?: boolean
  /** Each is a POST of this JSON, made anew for its index. Default: GET. */
  readonly post?: (index: number) => string
  /** Reads no answer before this many milliseconds. */
  readonly slowMs?: number
  /** Requests a second, at most 1000. */
  readonly perSecond: number
  /** At most 300. */
  readonly seconds: number
  /** Ends it early. */
  readonly signal?: AbortSignal
}

export interface LoadResult {
  readonly sent: number
  readonly failed: number
  /** Why, with counts. */
  readonly failures: Readonly<Record<string, number>>
  /** Answers by the machine that gave them (X-Served-By), or by the release (X-Release). */
  readonly servedBy: Readonly<Record<string, number>>
  /** Milliseconds of each answered request, the shortest first; those below are of them. */
  readonly times: readonly number[]
  readonly p50: number
  readonly p99: number
  readonly max: number
}

const own = new BlockList()
for (const [network, bits] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const)
  own.addSubnet(network, bits)

/** A request is given up after this long, and counts as failed. */
const patienceMs = 15_000

/** Connections that stay open: few enough for none to be quiet for long, which would let the server close it. */
const kept = 20

/** Resolves when the last request has ended. */
export async function load(target: Target): Promise<LoadResult> {
  const { perSecond, seconds, signal } = target
  const { hostname } = new URL(target.url)
  if (!isIPv4(hostname) || !own.check(hostname))
    throw new RangeError(`${hostname} is not on a network of our own`)
  if (!(perSecond > 0 && perSecond <= 1000 && seconds > 0 && seconds <= 300))
    throw new RangeError('too much load')
  const agent = agentFor(target)
  const began = performance.now()
  const requests: Promise<Result>[] = []
  for (let index = 0; index < perSecond * seconds && !signal?.aborted; index++) {
    const early = began + (index * 1000) / perSecond - performance.now()
    if (early > 0) await sleep(early)
    requests.push(once(target, { agent, body: target.post?.(index) }))
  }
  const results = await Promise.all(requests)
  agent.destroy()
  return summarise(results)
}

function agentFor({ url, host, ca, keepAlive = false }: Target): Agent | SecureAgent {
  const options = keepAlive
    ? ({ keepAlive, maxSockets: kept, scheduling: 'fifo' } as const)
    : { maxSockets: Number.POSITIVE_INFINITY }
  if (new URL(url).protocol === 'http:') return new Agent(options)
  const secureContext = createSecureContext(ca === undefined ? {} : { ca })
  // A session that is taken up again would spare the server from showing its certificate.
  return new SecureAgent({ ...options, servername: host, maxCachedSessions: 0, secureContext })
}

type Result =
  | { readonly ok: true; readonly ms: number; readonly by: string }
  | { readonly ok: false; readonly why: string }

interface Sending {
  readonly agent: Agent | SecureAgent
  readonly body: string | undefined
}

function once({ url, host, slowMs = 0 }: Target, { agent, body }: Sending): Promise<Result> {
  const began = performance.now()
  return new Promise((resolve) => {
    const fail = (why: string) => resolve({ ok: false, why })
    const headers = { host, ...(body !== undefined && { 'content-type': 'application/json' }) }
    const method = body === undefined ? 'GET' : 'POST'
    const options = { agent, method, headers, signal: AbortSignal.timeout(patienceMs) }
    const send = new URL(url).protocol === 'https:' ? secureRequest : request
    const sent = send(url, options, (response) => {
      setTimeout(() => response.resume(), slowMs)
      response.on('error', (error) => fail(error.message))
      response.on('end', () => {
        const { statusCode: status = 0 } = response
        if (status < 200 || status > 299) return fail(`status ${status}`)
        const { 'x-served-by': machine, 'x-release': release } = response.headers
        const by = String(machine ?? release ?? 'unknown')
        resolve({ ok: true, ms: performance.now() - began - slowMs, by })
      })
    })
    sent.on('error', (error) => fail(error.message))
    sent.end(body)
  })
}

function summarise(results: readonly Result[]): LoadResult {
  const good = results.filter((result) => result.ok)
  const bad = results.filter((result) => !result.ok)
  const times = good.map(({ ms }) => Math.round(ms)).sort((a, b) => a - b)
  return {
    sent: results.length,
    failed: bad.length,
    failures: tally(bad.map(({ why }) => why)),
    servedBy: tally(good.map(({ by }) => by)),
    times,
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
    max: quantile(times, 1),
  }
}

/** Of numbers in ascending order, the one below which that part of them is; 0 where there is none. */
export function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0
}

function tally(words: readonly string[]): Readonly<Record<string, number>> {
  const groups = Map.groupBy(words, (word) => word)
  return Object.fromEntries([...groups].map(([word, all]) => [word, all.length]).sort())
}

if (import.meta.main) {
  const [url = 'http://127.0.0.1/', host = 'localhost', perSecond = '200', seconds = '20'] =
    process.argv.slice(2)
  const result = await load({ url, host, perSecond: Number(perSecond), seconds: Number(seconds) })
  process.stdout.write(`${JSON.stringify({ ...result, times: undefined })}\n`)
}
