/** What the office's apps are asked while they are deployed: new and kept-alive GETs, 64 KB POSTs, and slow readers. */
import { type LoadResult, load, quantile, type Target } from './load.ts'

/** Who is asked. */
export interface Door {
  /** The balancer's. */
  readonly address: string
  readonly domain: string
}

interface AppLoad extends Door {
  /** Of 200 requests a second; see paceOf. */
  readonly pace: number
  readonly seconds: number
  readonly signal?: AbortSignal
}

/** 64 KB that a database packs well. */
const text = 'It is easier to re-provision than to repair. '.repeat(1457)

type Results = Readonly<Record<string, LoadResult>>

/** What was done meanwhile, what came of the requests, and what comes of them while nothing is done. */
export interface Asked<Done> {
  readonly done: Done
  readonly results: Results
  readonly quiet: Results
}

/** Asks the apps behind a balancer while `work` is done, and a second longer, at the pace of this box. */
export async function whileAsked<Done>(at: string | Door, work: () => Promise<Done>): Promise<Asked<Done>> {
  const door = typeof at === 'string' ? { address: at, domain: 'office.internal' } : at
  const { pace, quiet } = await paceOf(door)
  const enough = new AbortController()
  const running = appLoad({ ...door, pace, seconds: 290, signal: enough.signal })
  const done = await work().finally(() => setTimeout(() => enough.abort(), 1000))
  return { done, results: await running, quiet }
}

/** The long form is for a box that can answer all, and soon. */
const isLong = process.env.COPSE_SUITE === 'soak'

interface Pace {
  readonly pace: number
  readonly quiet: Results
}

const paces = new Map<string, Promise<Pace>>()

/**
 * How much of 200 requests a second this box can answer while it does something else beside: all, where nobody waits for
 * long when it does nothing else. On a box that is busy with the requests alone a deploy would only show that it is too small.
 * Found out once for each balancer, while nothing else is done; it is told where it is less.
 */
function paceOf(door: Door): Promise<Pace> {
  const known = paces.get(door.address) ?? measurePace(door)
  paces.set(door.address, known)
  return known
}

async function measurePace(door: Door): Promise<Pace> {
  const quiet = await appLoad({ ...door, pace: 1, seconds: 10 })
  const slowest = quiet.new?.p99 ?? 0
  // Without a deploy nothing may fail, on any box.
  const failures = failuresOf(quiet)
  if (failures.length > 0) throw new Error(`requests failed without a deploy: ${failures.join(', ')}`)
  const pace = isLong ? 1 : slowest <= 100 ? 1 : slowest <= 200 ? 0.5 : 0.25
  console.info(`without a deploy: ${told(quiet)}`)
  if (pace < 1) console.info(`this box is slow: ${200 * pace} requests a second from here on, not 200`)
  return { pace, quiet }
}

/** Together 200 requests a second, or what the pace leaves of them: half new GETs, a third kept alive, a tenth POSTs, one in twenty read slowly. */
async function appLoad({ address, domain, pace, ...common }: AppLoad): Promise<Results> {
  const www = (path: string) => ({ ...common, url: `http://${address}${path}`, host: `www.${domain}` })
  const repo = { ...common, url: `http://${address}/modules`, host: `repo.${domain}` }
  const run = `${Date.now()}-${process.pid}`
  const post = (index: number) =>
    JSON.stringify({ folder: 'tests/load', name: `${run} ${index}`, body: text })
  const targets: Readonly<Record<string, Target>> = {
    new: { ...www('/modules/new'), perSecond: 100 * pace },
    kept: { ...www('/modules/new'), perSecond: 70 * pace, keepAlive: true },
    post: { ...repo, post, perSecond: 20 * pace },
    slow: { ...www('/'), perSecond: 10 * pace, slowMs: 1000 },
  }
  const results = await Promise.all(
    Object.entries(targets).map(async ([name, target]) => [name, await load(target)] as const),
  )
  return Object.fromEntries(results)
}

/** In the long form: the kinds of requests, and all together, whose slowest hundredth took longer than `bound` ms allows. */
export function lateOf(
  { results, quiet }: Pick<Asked<unknown>, 'results' | 'quiet'>,
  bound: (quietP99: number) => number,
): readonly string[] {
  if (!isLong) return []
  const without = p99sOf(quiet)
  return Object.entries(p99sOf(results)).flatMap(([name, p99]) => {
    const most = bound(without[name] ?? 0)
    return p99 <= most ? [] : [`${name}: p99 ${p99} ms, at most ${most}`]
  })
}

/** Milliseconds, of each kind and of `all`, but for slow readers, who take their time themselves. */
function p99sOf({ slow: _, ...fast }: Results): Readonly<Record<string, number>> {
  const all = Object.values(fast).flatMap(({ times }) => times)
  return {
    ...Object.fromEntries(Object.entries(fast).map(([name, { p99 }]) => [name, p99])),
    all: quantile(
      all.toSorted((a, b) => a - b),
      0.99,
    ),
  }
}

/** In a few words, for the report of a test. */
export function told(results: Results): string {
  const kinds = Object.entries(results).map(
    ([name, { sent, failed, p99, max }]) =>
      `${name}: ${failed} failed of ${sent}, p99 ${p99} ms, longest ${max} ms`,
  )
  return [`p99 ${p99sOf(results).all} ms`, ...kinds].join('; ')
}

/** Why requests failed, of all kinds. */
export function failuresOf(results: Results): readonly string[] {
  return Object.entries(results).flatMap(([name, { failures }]) =>
    Object.entries(failures).map(([why, count]) => `${name}: ${why} (${count})`),
  )
}
