/** Figures of every host and of the balancer, StatsD under load, and series that outlive their machine. */
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { trust } from '../trust.ts'
import { age, authorityOf, leastSeconds, redProbes, upDuring } from './old-certificate.ts'
import type { World } from './world.ts'

/** `log` is the host of metrics; `from` is one that may use StatsD; the load lasts so many seconds. */
export interface Load {
  readonly log: string
  readonly from: string
  readonly seconds: number
}

/** As many as a flush of StatsD is to bring; each is two series, its count and its rate. */
const counters = 2000

const rendered = z.array(
  z.object({ target: z.string(), datapoints: z.array(z.tuple([z.number().nullable(), z.number()])) }),
)

export function metrics(world: () => World, { log, from, seconds }: Load): void {
  const page = () => `https://${world().address(log)}`
  let trusted: Promise<void> | undefined
  const get = async (path: string, init?: RequestInit) => {
    trusted ??= trust(world())
    await trusted
    return fetch(new URL(path, page()), init)
  }

  /** The values of each series since a time, as Unix seconds. */
  const values = async (target: string, since: number) => {
    const query = new URLSearchParams({ target, from: String(since), format: 'json' })
    const response = await get(`/render?${query}`)
    return new Map(
      rendered
        .parse(await response.json())
        .map((series) => [series.target, series.datapoints.flatMap(([value]) => value ?? [])] as const),
    )
  }
  const hostSays = async (host: string, command: string) => {
    const { code, stdout, stderr } = await world().copse('exec', 'dev', '-l', host, '--', command)
    expect(code, stderr).toBe(0)
    return stdout
  }

  test('every graph of the starter page is drawn from values of the last minutes', async () => {
    const html = await (await get('/')).text()
    const graphs = [...html.matchAll(/ alt="([^"]+)" src="([^"]+)"/g)]
    expect(graphs.length).toBeGreaterThan(7)
    for (const [, title = '', source = ''] of graphs) {
      const url = new URL(source.replaceAll('&amp;', '&'), page())
      const image = await get(url.href)
      expect(image.headers.get('content-type'), title).toBe('image/png')
      url.searchParams.set('format', 'json')
      const series = rendered.parse(await (await get(url.href)).json())
      // Nobody may have asked anything of the balancer, or of probes, yet.
      if (!/latency|red, by/.test(title)) expect(series, title).not.toEqual([])
    }
  })

  test('nobody changes anything without a login', async () => {
    const posts = [
      'events/',
      'tags/tagSeries',
      'tags/delSeries',
      'whitelist/add',
      'dashboard/create-temporary',
    ]
    for (const path of posts) {
      const { status } = await get(`/${path}`, { method: 'POST', body: 'state={}' })
      expect([path, status]).toEqual([path, 403])
    }
    const body = new URLSearchParams({ state: '{"name":"x"}' })
    const saved = await get('/dashboard/save/x', { method: 'POST', body })
    expect(await saved.text()).toContain('Must be logged in')
  })

  test('over http figures are read and nothing else; whoever asks for more is led to https', async () => {
    const plain = `http://${world().address(log)}`
    const json = await fetch(`${plain}/render?target=carbon.agents.*.cpuUsage&format=json`)
    expect(rendered.parse(await json.json())).not.toEqual([])
    expect((await fetch(`${plain}/render`, { method: 'POST' })).status).toBe(403)
    for (const path of ['/', '/account/login', '/dashboard/', '/renders']) {
      const { status, headers } = await fetch(plain + path, { redirect: 'manual' })
      expect([status, headers.get('location')]).toEqual([308, page() + path])
    }
  })

  test('a certificate of the page near its end is red, and up renews it without a lost request', {
    timeout: 300_000,
  }, async () => {
    const served = { host: log, name: 'metrics', unit: 'nginx' }
    await age(world(), served, 25)
    const name = `dev${log}.office.internal`
    expect(await redProbes(world())).toEqual([
      expect.stringMatching(`^tls ${name}:443: ${name}, valid for (4\\.9|5\\.0) days, wanted more than 7$`),
    ])
    const ca = await authorityOf(world())
    const result = await upDuring(world(), { url: `${page()}/`, host: name, ca, perSecond: 50 })
    console.info(`page renewed: ${result.failed} failed of ${result.sent}, p99 ${result.p99} ms`)
    expect(result.sent).toBeGreaterThanOrEqual(50 * leastSeconds)
    expect(result.failures).toEqual({})
    expect(await redProbes(world())).toEqual([])
  })

  test(`${counters} counters at each flush for ${seconds} s: every value is right`, {
    timeout: (seconds + 180) * 1000,
  }, async () => {
    const rounds = seconds / 10
    const begin = Math.floor(Date.now() / 1000)
    await hostSays(from, `perl -e '${sender}' ${world().address(log)} ${counters} ${rounds}`)
    const target = 'stats.counters.load.*.count'
    const wanted = Array.from(
      { length: counters },
      (_, index) => [`stats.counters.load.c${index}.count`, (index + 1) * rounds] as const,
    )
    const sums = async () =>
      [...(await values(target, begin - 10))].map(
        ([name, all]) => [name, all.reduce((sum, value) => sum + value, 0)] as const,
      )
    let found = await sums()
    const total = (all: typeof found) => all.reduce((sum, [, value]) => sum + value, 0)
    for (let tries = 0; tries < 30 && total(found) < total(wanted); tries++) {
      await sleep(1000)
      found = await sums()
    }
    const read = new Map(found)
    const wrong = wanted.filter(([name, value]) => read.get(name) !== value)
    console.info(`StatsD: ${wrong.length} wrong of ${wanted.length} after ${rounds} flushes`)
    expect(wrong).toEqual([])
  })

  test('Carbon has kept up: nothing is left in memory, nothing was dropped, and a series has its size on disk', {
    timeout: 120_000,
  }, async () => {
    await sleep(20_000)
    const since = Math.floor(Date.now() / 1000) - seconds - 40
    const agent = async (what: string) =>
      [...(await values(`carbon.agents.*.${what}`, since)).values()].flat()
    const [waiting, cpu] = [await agent('cache.size'), await agent('cpuUsage')]
    const figures = `cache at most ${Math.max(...waiting)}, now ${waiting.at(-1)}; cpu at most ${Math.max(...cpu)} %`
    console.info(`Carbon: ${figures}`)
    expect(waiting.at(-1)).toBeLessThan(100)
    for (const trouble of ['cache.overflow', 'errors', 'droppedCreates'])
      expect([trouble, ...(await agent(trouble)).filter((value) => value > 0)]).toEqual([trouble])
    const files = `find ${whisper}/stats/counters/load -name '*.wsp' -printf '%s %b\\n' | sort | uniq -c`
    const sizes = [...(await hostSays(log, files)).matchAll(/(\d+) (\d+) (\d+)$/gm)]
    console.info(`Whisper: ${sizes.map(([line]) => line).join('; ')} (files, bytes, blocks of 512)`)
    expect(sizes.map(([, count, bytes]) => [count, bytes])).toEqual([[String(2 * counters), '95092']])
    await hostSays(log, `rm -r ${whisper}/stats/counters/load`)
  })

  test('series outlive their machine', { timeout: 600_000 }, async () => {
    const since = Math.floor(Date.now() / 1000) - 120
    const target = `hosts.${log}.load.load.shortterm`
    const before = [...(await values(target, since)).values()].flat()
    expect(before.length).toBeGreaterThan(3)
    const rebuilt = await world().copse('rebuild', 'dev', log, '--yes')
    expect(rebuilt.code, rebuilt.stdout + rebuilt.stderr).toBe(0)
    const after = [...(await values(target, since)).values()].flat()
    expect(after.slice(0, before.length - 1)).toEqual(before.slice(0, -1))
    const verified = await world().copse('verify', 'dev')
    expect(verified.code, verified.stdout + verified.stderr).toBe(0)
  })
}

const whisper = '/var/lib/graphite/whisper'

/** Sends each counter once in ten seconds, twenty in a packet and spread over five seconds; the counter n gets n + 1. */
const sender = `
use strict; use IO::Socket::INET;
my ($address, $counters, $rounds) = @ARGV;
my $to = IO::Socket::INET->new(PeerAddr => $address, PeerPort => 8125, Proto => "udp") or die;
my $begin = time;
for my $round (1 .. $rounds) {
  for (my $n = 0; $n < $counters; $n += 20) {
    $to->send(join "\\n", map { sprintf "load.c%d:%d|c", $_, $_ + 1 } $n .. $n + 19) or die "$!";
    select undef, undef, undef, 100 / $counters;
  }
  my $left = $begin + 10 * $round - time;
  sleep $left if $left > 0;
}`
