/** What an idle office costs its box in memory. */
import { expect, test } from 'vitest'
import { z } from 'zod'
import type { World } from './world.ts'

const executed = z.object({ results: z.array(z.object({ host: z.string(), stdout: z.string() })) })

/** MiB that all machines may have together. */
const most = 1.2 * 1024

export function memory(world: () => World, hosts: readonly string[]): void {
  test(`all machines together have less than ${most} MiB`, { timeout: 60_000 }, async () => {
    const { code, stdout, stderr } = await world().copse('exec', 'dev', '--json', '--', bytes)
    expect(code, stderr).toBe(0)
    const used = executed
      .parse(JSON.parse(stdout))
      .results.map((result) => [result.host, Number(result.stdout) / 2 ** 20] as const)
    expect(used.map(([host]) => host).sort()).toEqual([...hosts].sort())
    const total = used.reduce((sum, [, mib]) => sum + mib, 0)
    expect(Math.min(...used.map(([, mib]) => mib))).toBeGreaterThan(5)
    console.info(
      `memory: ${used.map(([host, mib]) => `${host} ${mib.toFixed()}`).join(', ')}; ${total.toFixed()} MiB`,
    )
    expect(total).toBeLessThan(most)
  })
}

/** Anonymous pages and shared memory of the whole machine, by either version of cgroups. */
const bytes = `cat /sys/fs/cgroup/memory.stat /sys/fs/cgroup/memory/memory.stat 2>/dev/null |
  awk '/^(total_rss|total_shmem|anon|shmem) / { sum[$1] = $2 }
    END { print ("total_rss" in sum) ? sum["total_rss"] + sum["total_shmem"] : sum["anon"] + sum["shmem"] }'`
