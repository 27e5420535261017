/** Jobs go green through the API; neither a restart, nor a crash, nor a rebuild loses what is known of builds. */
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { z } from 'zod'
import type { World } from './world.ts'

const forced = z.object({ result: z.tuple([z.number(), z.record(z.string(), z.number())]) })
const requests = z.object({
  buildrequests: z.tuple([z.object({ complete: z.boolean(), results: z.number().nullable() })]),
})
const builds = z.object({
  builds: z.array(z.object({ buildid: z.number(), number: z.number(), results: z.number().nullable() })),
})
const steps = z.object({ steps: z.array(z.object({ stepid: z.number(), name: z.string() })) })

/** What Buildbot calls results. */
const success = 0
const retry = 5
const cancelled = 6

/** One step that takes fifteen seconds, and one job whose second step fails. */
const jobs = `[
  { name: 'slow', steps: [{ name: 'wait', run: 'for i in $(seq 15); do echo $i; sleep 1; done' }] },
  { name: 'bad', steps: [{ name: 'good', run: 'true' }, { name: 'tests', run: 'echo "2 of 9 failed" >&2; exit 3' }] },
]`

/** Of a host `ci` that has the role as `ci()`. */
export function ci(world: () => World): void {
  const api = (path: string) => `http://${world().address('ci')}/api/v2/${path}`
  const read = async (path: string) => (await fetch(api(path))).json()
  const host = async (command: string) => {
    const { code, stdout, stderr } = await world().copse('exec', 'dev', '-l', 'ci', '--', command)
    expect(code, stderr).toBe(0)
    return stdout.trim()
  }
  const password = () => host('cat /etc/copse/ci/api-password')
  const ask = (job: string, headers: Readonly<Record<string, string>>) =>
    fetch(api(`forceschedulers/${job}`), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'force', params: { reason: 'test' } }),
    })
  const start = async (job: string) => {
    const key = Buffer.from(`ci:${await password()}`).toString('base64')
    const { result } = forced.parse(await (await ask(job, { Authorization: `Basic ${key}` })).json())
    return Object.values(result[1])[0] ?? 0
  }
  const buildsOf = async (request: number) =>
    builds.parse(await read(`builds?buildrequestid=${request}&order=buildid`)).builds
  /** A master that is away answers 502, which is no JSON. */
  const ended = async (request: number) => {
    for (let tries = 0; tries < 180; tries++) {
      const found = requests.safeParse(await read(`buildrequests/${request}`).catch(() => undefined))
      if (found.data?.buildrequests[0].complete) return found.data.buildrequests[0].results
      await sleep(500)
    }
    throw new Error(`the request ${request} has not ended`)
  }
  const begun = async (request: number) => {
    for (let tries = 0; tries < 60 && (await buildsOf(request)).length === 0; tries++) await sleep(500)
  }
  /** What came of a build of `slow` in the middle of which this was done. */
  const disturbed = async (command: string) => {
    const request = await start('slow')
    await begun(request)
    await sleep(3000)
    await host(command)
    const result = await ended(request)
    return { result, builds: (await buildsOf(request)).map(({ results }) => results) }
  }

  test('a job goes green through the API, and its output is kept', { timeout: 120_000 }, async () => {
    const request = await start('hello')
    expect(await ended(request)).toBe(success)
    const [build] = await buildsOf(request)
    const made = steps.parse(await read(`builds/${build?.buildid}/steps`)).steps
    const step = made.find(({ name }) => name === 'greet')
    const log = await (await fetch(api(`steps/${step?.stepid}/logs/stdio/raw`))).text()
    expect(log).toContain('hello from devci, as ci-worker')
  })

  test('nobody starts one without credentials', async () => {
    const wrong = Buffer.from('ci:wrong').toString('base64')
    expect((await ask('hello', {})).status).toBe(401)
    expect((await ask('hello', { Authorization: `Basic ${wrong}` })).status).toBe(401)
    const hook = `http://${world().address('ci')}/change_hook/base`
    expect((await fetch(hook)).status).toBe(401)
    // Whatever runs on the host itself meets the same question.
    const direct = 'curl -s -o /dev/null --unix-socket /run/ci/www http://ci/api/v2; echo $?'
    expect(await host(`setpriv --reuid=ci-worker --regid=ci-worker --clear-groups sh -c '${direct}'`)).toBe(
      '7',
    )
    expect(
      await host(
        'setpriv --reuid=ci-worker --regid=ci-worker --clear-groups cat /etc/copse/ci/* 2>&1 | grep -c denied',
      ),
    ).toBe('3')
  })

  test('jobs are added while others run', { timeout: 120_000 }, async () => {
    const invocation = () => host('systemctl show -P InvocationID ci-master')
    const before = await invocation()
    await world().edit('ci()', `ci({ jobs: ${jobs} })`)
    const up = await world().copse('up', 'dev')
    expect(up.code, up.stdout + up.stderr).toBe(0)
    expect(await invocation()).toBe(before)
    expect(await host('ci-run slow')).toContain('"result": "success"')
  })

  test('a red build says which step failed, and its last words', { timeout: 60_000 }, async () => {
    const said = await host('ci-run bad || [ $? -eq 1 ]')
    expect(JSON.parse(said)).toMatchObject({ result: 'failure', step: 'tests', line: '2 of 9 failed' })
  })

  test('a restart of the master cancels what runs, and says so', { timeout: 180_000 }, async () => {
    expect(await disturbed('systemctl restart ci-master')).toEqual({ result: cancelled, builds: [cancelled] })
  })

  test.each(['ci-master', 'ci-worker'])(
    '%s is killed: the build is made again',
    { timeout: 180_000 },
    async (unit) => {
      const { result, builds } = await disturbed(`systemctl kill -s KILL ${unit}`)
      expect({ result, builds }).toEqual({ result: success, builds: [retry, success] })
      expect(await host('systemctl is-active ci-master ci-worker')).toBe('active\nactive')
    },
  )

  test('what is known of builds outlives the machine', { timeout: 600_000 }, async () => {
    const before = await read('builds?order=buildid')
    const rebuilt = await world().copse('rebuild', 'dev', 'ci')
    expect(rebuilt.code, rebuilt.stdout + rebuilt.stderr).toBe(0)
    const after = builds.parse(await read('builds?order=buildid')).builds
    expect(after.slice(0, builds.parse(before).builds.length)).toEqual(builds.parse(before).builds)
    expect(await host('ci-run hello')).toContain('"result": "success"')
  })

  test('master, worker and nginx are small when idle', async () => {
    const sums = await host(
      `for unit in ci-master ci-worker nginx; do cat /proc/$(systemctl show -P MainPID $unit)/smaps_rollup | awk '/^(Rss|Pss):/ { print $1, $2 }' | tr '\\n' ' '; done`,
    )
    console.info(`kB of master, worker, nginx: ${sums}`)
    const rss = [...sums.matchAll(/Rss: (\d+)/g)].reduce((sum, [, kB]) => sum + Number(kB), 0)
    expect(rss).toBeLessThan(200_000)
  })
}
