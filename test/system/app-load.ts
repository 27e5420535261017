/** What the office's apps are asked while they are deployed: new and kept-alive GETs, 64 KB POSTs, and slow readers. */
import { type LoadResult, load, type Target } from './load.ts'

export interface AppLoad {
  /** The balancer. */
  readonly address: string
  readonly seconds: number
  readonly signal?: AbortSignal
}

/** 64 KB that a database packs well. */
const text = 'It is easier to re-provision than to repair. '.repeat(1457)

const domain = 'office.internal'

/** Together 200 requests a second: half new GETs, a third kept alive, a tenth POSTs, one in twenty read slowly. */
export async function appLoad({
  address,
  ...common
}: AppLoad): Promise<Readonly<Record<string, LoadResult>>> {
  const www = (path: string) => ({ ...common, url: `http://${address}${path}`, host: `www.${domain}` })
  const repo = { ...common, url: `http://${address}/modules`, host: `repo.${domain}` }
  const run = `${Date.now()}-${process.pid}`
  const post = (index: number) =>
    JSON.stringify({ folder: 'tests/load', name: `${run} ${index}`, body: text })
  const targets: Readonly<Record<string, Target>> = {
    new: { ...www('/modules/new'), perSecond: 100 },
    kept: { ...www('/modules/new'), perSecond: 70, keepAlive: true },
    post: { ...repo, post, perSecond: 20 },
    slow: { ...www('/'), perSecond: 10, slowMs: 1000 },
  }
  const results = await Promise.all(
    Object.entries(targets).map(async ([name, target]) => [name, await load(target)] as const),
  )
  return Object.fromEntries(results)
}

/** In a few words, for the report of a test. */
export function told(results: Readonly<Record<string, LoadResult>>): string {
  return Object.entries(results)
    .map(
      ([name, { sent, failed, p99, max }]) =>
        `${name}: ${failed} failed of ${sent}, p99 ${p99} ms, longest ${max} ms`,
    )
    .join('; ')
}

/** Why requests failed, of all kinds. */
export function failuresOf(results: Readonly<Record<string, LoadResult>>): readonly string[] {
  return Object.entries(results).flatMap(([name, { failures }]) =>
    Object.entries(failures).map(([why, count]) => `${name}: ${why} (${count})`),
  )
}
