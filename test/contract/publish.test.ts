/**
 * What a published port does in a kernel: a box, hosts behind it and two strangers are network namespaces of this test's own,
 * which end with it.
 */
import { execFileSync } from 'node:child_process'
import { beforeAll, describe, expect, test } from 'vitest'
import { publishScript } from '../../src/machines/incus/publish-table.ts'
import type { Endpoint, Environment, Publication } from '../../src/model/environment.ts'
import { office, officeHost } from '../fixture/office.ts'
import { peerServer, separateBox } from '../fixture/separate-box.ts'

const owner = '0000000a0000000b'
const environment: Environment = { ...office, operators: [office.gateway, '203.0.113.0/24'] }
const door = (name: string, port: number): Endpoint => ({
  name,
  role: 'balancer',
  port,
  protocol: 'tcp',
  tls: false,
})
const lead = (port: number, endpoint: Endpoint, from: readonly string[] = []): Publication => ({
  port,
  protocol: 'tcp',
  host: officeHost('lb').name,
  endpoint,
  from,
})
const published = [
  lead(80, door('http', 80)),
  lead(8443, door('https', 443), ['198.51.100.0/24', '198.51.0.0/16']),
]

const asker = `use IO::Socket::INET;
for (@ARGV) {
  next if fork;
  my ($host, $port) = split /:/;
  my $to = IO::Socket::INET->new(PeerAddr => $host, PeerPort => $port, Timeout => 1);
  print "$_ ", ($to ? "as " . <$to> : "closed\\n");
  exit;
}
1 while wait > 0`

/** The box is the namespace that runs this. `lb` has no way but through the box, and the strangers know of it. */
const script = `set -eu
${separateBox}
join near out0 198.51.100.1 198.51.100.2
join far out1 203.0.113.1 203.0.113.2
join lb copse0000000a 10.61.0.1 10.61.0.20
join neighbour copse0000000b 10.62.0.1 10.62.0.20
echo 1 >/proc/sys/net/ipv4/ip_forward
nft -f - <<'END'
$RULES
END
mkfifo /run/ready
ip netns exec lb perl -e "$SERVER" 22 80 443 >/run/ready & server=$!
read -r ready </run/ready
ask() { where=$1; shift; if [ "$where" = box ]; then perl -e "$ASKER" "$@"; else ip netns exec "$where" perl -e "$ASKER" "$@"; fi | sed "s/^/$where /"; }
outer='198.51.100.1:22 198.51.100.1:80 198.51.100.1:443 198.51.100.1:8443'
hosts='10.61.0.20:22 10.61.0.20:80 10.61.0.20:443'
ask near $outer $hosts 203.0.113.1:80
ask far 203.0.113.1:80 203.0.113.1:8443 $hosts
ask box $outer 127.0.0.1:80 10.61.0.1:80 $hosts
ask lb 10.61.0.1:80 198.51.100.1:80 203.0.113.2:80
ask neighbour 10.62.0.1:80 198.51.100.1:80 10.61.0.20:80
nft -f - <<'END'
$NOTHING
END
nft list ruleset | sed 's/^/left /'
ask near 198.51.100.1:80 10.61.0.20:80 | sed 's/^near/afterwards/'
kill "$server"
`

const isRoot = process.getuid?.() === 0
let seen: ReadonlyMap<string, string>

beforeAll(() => {
  if (!isRoot) return
  const text = script
    .replace('$RULES', publishScript({ environment, owner }, published))
    .replace('$NOTHING', publishScript({ environment, owner }, []))
  const env = { ...process.env, SERVER: peerServer, ASKER: asker }
  const said = execFileSync('unshare', ['-nm', 'sh', '-c', text], { env, encoding: 'utf8', timeout: 60_000 })
  seen = new Map(
    said
      .trim()
      .split('\n')
      .map((line) => line.split(' '))
      .map(([from, to, ...what]) => [`${from} ${to}`, what.join(' ')]),
  )
}, 60_000)

const asked = (from: string, ...doors: readonly string[]) =>
  Object.fromEntries(doors.map((to) => [to, seen.get(`${from} ${to}`)]))

describe.runIf(isRoot)('on a box that publishes', () => {
  test('a stranger reaches what is published, at whichever address, and the host sees who that is', () => {
    expect(
      asked('near', '198.51.100.1:22', '198.51.100.1:80', '198.51.100.1:443', '198.51.100.1:8443'),
    ).toEqual({
      '198.51.100.1:22': 'closed',
      '198.51.100.1:80': 'as 198.51.100.2',
      '198.51.100.1:443': 'closed',
      '198.51.100.1:8443': 'as 198.51.100.2',
    })
    expect(seen.get('near 203.0.113.1:80')).toBe('as 198.51.100.2')
  })

  test('what is published for some networks is closed to others', () => {
    expect(asked('far', '203.0.113.1:80', '203.0.113.1:8443')).toEqual({
      '203.0.113.1:80': 'as 203.0.113.2',
      '203.0.113.1:8443': 'closed',
    })
  })

  test('a route to the hosts leads nowhere; operators reach SSH by it', () => {
    const closed = { '10.61.0.20:22': 'closed', '10.61.0.20:80': 'closed', '10.61.0.20:443': 'closed' }
    expect(asked('near', ...Object.keys(closed))).toEqual(closed)
    expect(asked('far', ...Object.keys(closed))).toEqual({ ...closed, '10.61.0.20:22': 'as 203.0.113.2' })
  })

  test('the box reaches its own address as others do, and hosts by theirs; its loopback is its own', () => {
    expect(asked('box', '198.51.100.1:80', '198.51.100.1:443', '10.61.0.20:443')).toEqual({
      '198.51.100.1:80': 'as 198.51.100.1',
      '198.51.100.1:443': 'closed',
      '10.61.0.20:443': 'as 10.61.0.1',
    })
    expect(asked('box', '127.0.0.1:80', '10.61.0.1:80')).toEqual({
      '127.0.0.1:80': 'closed',
      '10.61.0.1:80': 'closed',
    })
  })

  test('machines of environments do not use it: an engine would show them as the gateway', () => {
    expect(asked('lb', '10.61.0.1:80', '198.51.100.1:80')).toEqual({
      '10.61.0.1:80': 'closed',
      '198.51.100.1:80': 'closed',
    })
    expect(asked('neighbour', '10.62.0.1:80', '198.51.100.1:80', '10.61.0.20:80')).toEqual({
      '10.62.0.1:80': 'closed',
      '198.51.100.1:80': 'closed',
      '10.61.0.20:80': 'closed',
    })
  })

  test('nothing of it is left when it ends: what a route leads to is for hosts to close', () => {
    expect([...seen.keys()].filter((key) => key.startsWith('left'))).toEqual([])
    expect(asked('afterwards', '198.51.100.1:80', '10.61.0.20:80')).toEqual({
      '198.51.100.1:80': 'closed',
      '10.61.0.20:80': 'as 198.51.100.2',
    })
  })
})
