/** Hosts ask their probes by themselves: what is broken is red where it matters and nowhere else, and is told of once. */
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { z } from 'zod'
import type { World } from './world.ts'

/** `log` keeps journals and tells whom the alert names, which is this file there; `services` are units of hosts. */
export interface Watched {
  readonly log: string
  readonly told: string
  readonly services: readonly (readonly [host: string, unit: string])[]
}

const statuses = z.object({
  hosts: z.array(
    z.object({
      host: z.string(),
      monitoring: z.object({
        age: z.number(),
        stale: z.boolean(),
        green: z.number(),
        red: z.array(z.object({ probe: z.string(), from: z.string(), to: z.string(), detail: z.string() })),
      }),
    }),
  ),
})

const verdicts = z.object({
  verdicts: z.array(
    z.object({ probe: z.string(), from: z.string(), to: z.string(), expect: z.string(), ok: z.boolean() }),
  ),
})

/** Two runs, the way of their lines, and another half minute until they are looked at. */
const enoughMs = 240_000

export function monitoring(world: () => World, { log, told, services }: Watched): void {
  const status = async () => {
    const { stdout, stderr } = await world().copse('status', 'dev', '--json')
    return statuses.parse(JSON.parse(stdout), { error: () => stderr }).hosts
  }
  /** `PROBE from HOST to HOST`. */
  const red = async () =>
    (await status())
      .flatMap(({ monitoring }) =>
        monitoring.red.map(({ probe, from, to }) => `${probe} from ${from} to ${to}`),
      )
      .sort()
  /** What an operator finds, asked from where monitoring asks it. */
  const found = async () => {
    const { stdout } = await world().copse('verify', 'dev', '--json')
    return verdicts
      .parse(JSON.parse(stdout))
      .verdicts.filter(({ ok, from, expect: wanted }) => !ok && (from !== 'operator' || wanted === 'answers'))
      .map(({ probe, from, to }) => `${probe} from ${from === 'operator' ? to : from} to ${to}`)
      .filter((line, index, all) => all.indexOf(line) === index)
      .sort()
  }
  const tellings = async (): Promise<readonly string[]> => {
    const { stdout } = await world().copse('exec', 'dev', '-l', log, '--', `cat ${told} 2>/dev/null || :`)
    return stdout.split('\n').filter((line) => line !== '')
  }
  const on = async (host: string, command: string) => {
    const { code, stderr } = await world().copse('exec', 'dev', '-l', host, '--', command)
    expect(code, stderr).toBe(0)
  }
  const until = async <Seen>(look: () => Promise<Seen>, isSo: (seen: Seen) => boolean): Promise<Seen> => {
    const end = Date.now() + enoughMs
    for (;;) {
      const seen = await look()
      if (isSo(seen) || Date.now() > end) return seen
      await sleep(5000)
    }
  }

  test('every host has asked its probes within the last minutes, and all are green', {
    timeout: 300_000,
  }, async () => {
    const all = await until(
      () => status().catch(() => []),
      (hosts) =>
        hosts.length > 0 && hosts.every(({ monitoring: { stale, red } }) => !stale && red.length === 0),
    )
    expect(all.map(({ monitoring: { stale, red } }) => [stale, red])).toEqual(all.map(() => [false, []]))
    console.info(`monitoring: ${all.map(({ host, monitoring: { green } }) => `${host} ${green}`).join(', ')}`)
  })

  test.each(services)(
    'on %s %s is stopped: what an operator finds hosts find, and tell once',
    {
      timeout: 900_000,
    },
    async (host, unit) => {
      await on(log, `rm -f ${told}`)
      await on(host, `systemctl stop ${unit}`)
      const began = Date.now()
      const wanted = await found()
      expect(wanted).toContain(`unit ${unit} from ${host} to ${host}`)
      const seen = await until(red, (lines) => lines.length >= wanted.length)
      console.info(
        `${unit} of ${host}: ${seen.length} red after ${Math.round((Date.now() - began) / 1000)} s`,
      )
      expect(seen).toEqual(wanted)
      await until(tellings, (lines) => lines.length >= wanted.length)
      console.info(`${unit} of ${host}: told after ${Math.round((Date.now() - began) / 1000)} s`)
      // Whoever would tell twice has the time for it.
      await sleep(70_000)
      const fired = await tellings()
      expect(fired.filter((line) => line.includes(' is red: '))).toHaveLength(wanted.length)
      expect(fired).toHaveLength(wanted.length)
      await on(host, `systemctl start ${unit}`)
      expect(await until(red, (lines) => lines.length === 0)).toEqual([])
      await until(tellings, (lines) => lines.length >= 2 * wanted.length)
      await sleep(35_000)
      const ended = await tellings()
      expect(ended.filter((line) => line.endsWith(' is green again'))).toHaveLength(wanted.length)
      expect(ended).toHaveLength(2 * wanted.length)
    },
  )

  test('a host that no longer asks is stale, and that is told of once', { timeout: 900_000 }, async () => {
    const host = services[0]?.[0] ?? log
    await on(log, `rm -f ${told}`)
    await on(host, 'systemctl stop copse-monitor.timer')
    const fired = await until(tellings, (lines) => lines.length > 0)
    expect(fired).toEqual([`dev: ${host} has stopped to report`])
    expect((await status()).find((one) => one.host === host)?.monitoring.stale).toBe(true)
    await on(host, 'systemctl start copse-monitor.timer')
    const ended = await until(tellings, (lines) => lines.length > 1)
    expect(ended).toEqual([...fired, `dev: ${host} reports again`])
    expect((await world().copse('drift', 'dev')).code).toBe(0)
  })
}
