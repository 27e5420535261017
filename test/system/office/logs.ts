/** Every line of every journal arrives, whatever happens to the server or on the way; nobody else brings any. */
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { World } from './world.ts'

/** `log` keeps what `from` log; each writes so many numbered lines, and each trouble lasts so many seconds. */
export interface LogLoad {
  readonly log: string
  readonly from: readonly [string, string]
  readonly lines: number
  readonly seconds: number
}

const journals = '/srv/journals'

export function logs(world: () => World, { log, from, lines, seconds }: LogLoad): void {
  const on = async (host: string, command: string) => {
    const { code, stdout, stderr } = await world().copse('exec', 'dev', '-l', host, '--', command)
    expect(code, stderr).toBe(0)
    return stdout.trim()
  }
  /** What copse itself finds, again until it is as wanted or half a minute has passed. */
  const found = async (words: readonly string[], isEnough: (text: string) => boolean) => {
    for (let tries = 0; ; tries++) {
      const { code, stdout, stderr } = await world().copse('logs', 'dev', ...words)
      expect(code, stderr).toBe(0)
      if (isEnough(stdout) || tries === 30) return stdout
      await sleep(1000)
    }
  }

  test('a line of any host is found by host, unit, time and text', { timeout: 120_000 }, async () => {
    const id = `line-${Date.now()}`
    await on('web1', `systemd-run --quiet --wait --unit=copse-say-${id} logger ${id}`)
    await on(log, `logger ${id}`)
    const all = await found(['-g', id], (text) => text.includes('devweb1') && text.includes(`dev${log}`))
    expect(all).toMatch(/devweb1 root/)
    expect(all).toMatch(new RegExp(`dev${log} root`))
    expect(await found(['-g', id, '-l', 'web1'], () => true)).not.toContain(`dev${log}`)
    expect(await found(['-u', `copse-say-${id}`, '--since', '-5min'], () => true)).toContain(id)
    expect(await found(['-g', id, '--until', '-5min'], () => true)).toBe('')
  })

  test('following shows what is logged from now on', { timeout: 60_000 }, async () => {
    const id = `live-${Date.now()}`
    const following = world().copse('logs', 'dev', '-f', '-l', 'web1', '--timeout', '15s')
    await sleep(6000)
    await on('web1', `logger ${id}`)
    expect((await following).stdout).toContain(id)
  })

  test('nobody brings lines without a certificate of the environment, and the line of another is its own', {
    timeout: 60_000,
  }, async () => {
    const refused = await on('web1', strangers(`https://dev${log}.office.internal:19532/upload`))
    expect(refused.split('\n')).toEqual(['none 56', 'own authority 56', 'web1 0'])
    const claimed = await found(['-g', 'brought by curl'], (text) => text !== '')
    expect(claimed).toContain('devdb')
    expect(await found(['-g', 'brought by curl', '-l', 'db'], () => true)).toBe('')
    expect(await found(['-g', 'brought by curl', '-l', 'web1'], () => true)).toContain('brought by curl')
  })

  test('a host tells nothing to a server that cannot prove itself', { timeout: 60_000 }, async () => {
    expect(await on('web1', stranger)).toMatch(/certificate|SSL/i)
  })

  test(`${2 * lines} numbered lines, the server stopped, killed, black-holed and made anew: none is lost`, {
    timeout: (10 * seconds + 600) * 1000,
  }, async () => {
    const tag = `flood-${Date.now()}`
    const length = 4 * seconds + 60
    for (const host of from)
      await on(
        host,
        `systemd-run --quiet --collect --unit=${tag} perl -e '${writer}' ${tag} ${lines} ${length}`,
      )
    const sockets = [...from, log].map((name) => `copse-log@${name}.socket`).join(' ')
    const services = sockets.replaceAll('.socket', '.service')
    await on(log, `systemctl stop copse-logs ${sockets} ${services}`)
    await sleep(seconds * 1000)
    await on(log, `systemctl start ${sockets} copse-logs`)
    for (let kills = 0; kills < 5; kills++) {
      await on(log, `systemctl kill -s KILL copse-logs ${services} || true`)
      await sleep((seconds * 1000) / 10)
    }
    await on(from[0], 'systemctl restart systemd-journal-upload')
    await on(log, `nft -f - <<'E'\n${blackHole}E`)
    await sleep(seconds * 1000)
    await on(log, 'nft delete table inet blackhole')
    await on(from[1], 'systemctl kill -s KILL systemd-journal-upload')
    const rebuilt = await world().copse('rebuild', 'dev', log, '--yes')
    expect(rebuilt.code, rebuilt.stdout + rebuilt.stderr).toBe(0)
    for (const host of from) {
      const counted = await arrived(host, { tag, patience: 3 * seconds + 60 })
      console.info(`${host}: ${counted.distinct} of ${lines} lines, ${counted.all - counted.distinct} twice`)
      expect(counted.distinct, host).toBe(lines)
    }
    const verified = await world().copse('verify', 'dev', '-l', log)
    expect(verified.code, verified.stdout).toBe(0)
  })

  const arrived = async (
    host: string,
    { tag, patience }: { readonly tag: string; readonly patience: number },
  ) => {
    const read = `journalctl --quiet --file='${journals}/${host}[.@]*' -t ${tag} -o cat`
    for (const end = Date.now() + patience * 1000; ; await sleep(2000)) {
      const counts = await on(log, `${read} | wc -l; ${read} | sort -u | wc -l`)
      const [all = 0, distinct = 0] = counts.split('\n').map(Number)
      if (distinct >= lines || Date.now() > end) return { all, distinct }
    }
  }
}

/** Writes lines to the journal, spread over so many seconds, with what every Debian has of Perl. */
const writer = `
use strict;
my ($tag, $lines, $seconds) = @ARGV;
open my $out, "|-", "systemd-cat", "-t", $tag or die;
$out->autoflush;
my $begin = time;
for my $n (1 .. $lines) {
  print $out "$tag number $n\\n";
  my $ahead = $begin + $seconds * $n / $lines - time;
  select undef, undef, undef, $ahead if $ahead > 0.02;
}
close $out;`

/** Whatever comes for journals is dropped without a word. */
const blackHole = `table inet blackhole {
  chain input {
    type filter hook input priority -300; policy accept;
    tcp dport 19532 drop
  }
}
`

/** A line that claims to be of another host, brought in three ways; prints what curl made of each. */
function strangers(url: string): string {
  return `cd $(mktemp -d)
openssl req -x509 -newkey ed25519 -nodes -keyout key -out crt -subj /CN=devweb1.office.internal -days 2 2>/dev/null
printf '__REALTIME_TIMESTAMP=%s000000\n_BOOT_ID=%s\n_HOSTNAME=devdb\nSYSLOG_IDENTIFIER=stranger\nMESSAGE=brought by curl\n\n' \
  "$(date +%s)" "$(tr -d - </proc/sys/kernel/random/boot_id)" >line
bring() {
  name=$1
  shift
  curl -s -o /dev/null -m 5 --cacert /etc/copse/tls/ca.crt "$@" -H 'Content-Type: application/vnd.fdo.journal' \
    --data-binary @line ${url} && code=0 || code=$?
  echo "$name $code"
}
bring none
bring 'own authority' --cert crt --key key
bring web1 --cert /etc/copse/tls/journal.crt --key /etc/copse/tls/journal.key`
}

/** What the uploader says of a server with a certificate of nobody's. */
const stranger = `cd $(mktemp -d)
openssl req -x509 -newkey ed25519 -nodes -keyout key -out crt -subj /CN=localhost -days 2 2>/dev/null
openssl s_server -quiet -accept 127.0.0.1:19999 -key key -cert crt >heard 2>/dev/null &
server=$!
sleep 1
timeout 10 /usr/lib/systemd/systemd-journal-upload --url=https://localhost:19999 --key=/etc/copse/tls/journal.key \
  --cert=/etc/copse/tls/journal.crt --trust=/etc/copse/tls/ca.crt 2>&1 || true
kill "$server"
[ ! -s heard ]`
