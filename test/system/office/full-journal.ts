/** A host whose journal is full while nobody takes its lines goes on as before, and says how many it lost. */
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { load } from '../load.ts'
import type { World } from './world.ts'

const lines = 60_000

/** `log` keeps what the web server `from` logs. */
export function fullJournal(
  world: () => World,
  { log, from }: { readonly log: string; readonly from: string },
): void {
  const on = async (host: string, command: string) => {
    const { code, stdout, stderr } = await world().copse('exec', 'dev', '-l', host, '--', command)
    expect(code, stderr).toBe(0)
    return stdout.trim()
  }

  test(`${lines} lines in a journal with room for fewer: logins and pages as before, what is lost is counted`, {
    timeout: 600_000,
  }, async () => {
    const tag = `spill-${Date.now()}`
    const units = `'copse-log@${from}.socket' 'copse-log@${from}.service'`
    const url = `http://${world().address('lb')}/`
    await on(log, `systemctl stop ${units} copse-logs`)
    await on(from, smallJournal)
    try {
      const asked = load({ url, host: 'cdn.office.internal', perSecond: 20, seconds: 20 })
      await on(
        from,
        `perl -e 'print "$ARGV[0] number $_ ", "x" x 200, "\\n" for 1 .. ${lines}' ${tag} | systemd-cat -t ${tag}`,
      )
      expect(await on(from, `journalctl -t ${tag} -o cat | wc -l`)).not.toBe(String(lines))
      const { sent, failed, p99 } = await asked
      console.info(`a full journal: ${failed} of ${sent} requests failed, p99 ${p99} ms`)
      expect([sent, failed]).toEqual([400, 0])
      // It counts once in a minute.
      await sleep(75_000)
    } finally {
      await on(from, ownJournal)
      await on(log, `systemctl start 'copse-log@${from}.socket' copse-logs`)
    }
    const read = `journalctl --quiet --file='/srv/journals/${from}[.@]*'`
    const count = async () => {
      const arrived = Number(await on(log, `${read} -t ${tag} -o cat | sort -u | wc -l`))
      const said = await on(
        log,
        `${read} --since=-10min -g 'were lost before they could be sent' -o cat || :`,
      )
      const lost = [...said.matchAll(/^(\d+) lines/gm)].reduce((sum, [, number]) => sum + Number(number), 0)
      return { arrived, lost }
    }
    let found = await count()
    for (let tries = 0; tries < 60 && found.arrived + found.lost < lines; tries++) {
      await sleep(2000)
      found = await count()
    }
    console.info(`a full journal: ${found.arrived} of ${lines} lines arrived, ${found.lost} told as lost`)
    expect(found.arrived).toBeGreaterThan(1000)
    expect(found.arrived).toBeLessThan(lines)
    // Lines of others were lost with them.
    const others = found.arrived + found.lost - lines
    expect(others).toBeGreaterThanOrEqual(0)
    expect(others).toBeLessThan(lines / 20)
  })
}

const settings = '/run/systemd/journald.conf.d/small.conf'

const smallJournal = `mkdir -p "$(dirname ${settings})"
printf '[Journal]\\nSystemMaxUse=16M\\nRateLimitIntervalSec=0\\n' >${settings}
systemctl restart systemd-journald`

const ownJournal = `rm ${settings}; systemctl restart systemd-journald`
