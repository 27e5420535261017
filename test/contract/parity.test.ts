/** What hosts tell of themselves, asked on this box: below its own mounts and network, so that what is changed is nobody's. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { type Fact, parseFacts } from '../../src/engine/parity/fact.ts'
import { compareSights } from '../../src/engine/parity/sights.ts'
import { factPrograms } from '../../src/engine/remote-scripts.ts'
import { officeHost } from '../fixture/office.ts'

const directory = mkdtempSync(join(tmpdir(), 'copse-parity-'))
afterAll(() => rmSync(directory, { recursive: true }), 120_000)

const { ask, running } = factPrograms()
writeFileSync(join(directory, 'ask'), ask.text)
writeFileSync(join(directory, 'running'), running.text)
writeFileSync(join(directory, 'names'), '10.61.0.24\tADDRESS-OF-web1\n')

/** As systemd says it: what is on this box is not for tests to stop. */
const listed = `cron.service    enabled  enabled
mine.service    masked   enabled
fstrim.timer    enabled  enabled
getty@.service  enabled  enabled
`
const shown = `Id=cron.service
Type=simple
ActiveState=active
FragmentPath=/usr/lib/systemd/system/cron.service
LoadState=loaded

Id=systemd-journald.service
Type=notify
ActiveState=active
FragmentPath=/usr/lib/systemd/system/systemd-journald.service
LoadState=loaded

Id=run-r7.service
Type=simple
ActiveState=active
LoadState=loaded
Transient=yes
`
writeFileSync(join(directory, 'listed'), listed)
writeFileSync(join(directory, 'shown'), shown)
writeFileSync(
  join(directory, 'systemctl'),
  `#!/bin/sh\nif [ "$1" = show ]; then cat shown; else cat listed; fi\n`,
  { mode: 0o755 },
)

/** A copy of what is edited, for this process alone. */
const apart = `set -eu
PATH=$PWD:$PATH
ip link set lo up
for path in /etc /var/lib/dpkg; do
  cp -a $path copy
  mount --bind copy $path
  mv copy "copy$(echo $path | tr / -)"
done
for path in /root /var/spool; do mount -t tmpfs none $path; done
mkdir -p /etc/sudoers.d /etc/cron.d /var/spool/cron/crontabs /root/.ssh
`

/** What is done by hand, and the only difference that it is to make. */
const edits: readonly (readonly [what: string, script: string, id: string | RegExp])[] = [
  [
    'a package of another version',
    `sed -i '/^Package: perl-base$/,/^$/s/^Version: .*/&+mine/' /var/lib/dpkg/status`,
    'package perl-base',
  ],
  ['a config of a package that was edited', 'echo "# mine" >>/etc/bash.bashrc', 'file /etc/bash.bashrc'],
  ['a file of nobody', 'echo ana >/etc/mine.conf', 'file /etc/mine.conf'],
  [
    'somebody who may do everything',
    'echo "eve ALL=(ALL) NOPASSWD: ALL" >/etc/sudoers.d/eve',
    'file /etc/sudoers.d/eve',
  ],
  ['a user', 'echo eve:x:1999:1999::/nowhere:/bin/sh >>/etc/passwd', 'user eve'],
  ['somebody in a group', "sed -i 's/^adm:.*/&,eve/' /etc/group", 'group adm'],
  [
    'a key',
    'echo "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHp4bJV3m0iuC0EHLbnTrUd6mCMfoLULmkvhKEh5r0dV eve" >>/root/.ssh/authorized_keys',
    /^key root SHA256:/,
  ],
  ['a unit that was stopped', "sed -i '/^Id=cron/,/^$/s/=active/=inactive/' shown", 'unit cron.service'],
  [
    'a unit that failed',
    "sed -i '/^Id=systemd-journald/,/^$/s/=active/=failed/' shown",
    'unit systemd-journald.service',
  ],
  ['a unit that was unmasked', "sed -i '/^mine/s/masked/disabled/' listed", 'unit mine.service'],
  ['another time zone', 'ln -sf /usr/share/zoneinfo/Asia/Tokyo /etc/localtime', 'time zone'],
  [
    'a line of cron',
    'echo "5 4 * * * /bin/true" >/var/spool/cron/crontabs/root',
    'cron root: 5 4 * * * /bin/true',
  ],
  ['a file of cron', 'echo "5 4 * * * root /bin/true" >/etc/cron.d/mine', 'cron /etc/cron.d/mine'],
  [
    'a setting of the kernel',
    'echo 77 >/proc/sys/net/ipv4/tcp_fin_timeout',
    'sysctl net.ipv4.tcp_fin_timeout',
  ],
  ['a mount', 'mount -t tmpfs none /mnt', 'mount /mnt'],
  [
    'a rule of the firewall',
    'nft add table inet mine; nft add chain inet mine c; nft add rule inet mine c tcp dport 99 drop',
    'firewall inet mine c: tcp dport 99 drop',
  ],
  [
    'a program that listens',
    `perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1:4711") or die; sleep 60' & child=$!; for try in $(seq 100); do grep -q :1267 /proc/net/tcp || sleep 0.1; done`,
    'listener tcp 127.0.0.1 4711',
  ],
]

function factsAfter(script: string): readonly Fact[] {
  // The mounts of the first process of the system are what is told: here, those of this one.
  const program = `${apart}${script}\nmount --bind /proc/$$ /proc/1\ncode=0; perl ./ask || code=$?\n[ -z "\${child-}" ] || kill $child\nexit $code\n`
  const folder = mkdtempSync(join(directory, 'run-'))
  spawnSync('cp', ['ask', 'running', 'names', 'listed', 'shown', 'systemctl', folder], { cwd: directory })
  const words = ['--mount', '--net', '--propagation', 'private', 'sh', '-c', program]
  const { stdout, stderr, status } = spawnSync('unshare', words, {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  })
  expect(status, stderr).toBe(0)
  expect(stdout).toMatch(/\nend\n$/)
  // Other engines on this box mount what they like meanwhile.
  return parseFacts(stdout).filter(({ name, key }) => name !== 'mount' || key === '/mnt')
}

test('each thing that is done to a host by hand is one difference, and nothing else is', {
  timeout: 240_000,
}, () => {
  const host = officeHost('web1')
  const sight = (facts: readonly Fact[]) => ({ facts, ways: [] })
  const compared = compareSights({
    host,
    own: { host: host.name, facts: {}, differences: [] },
    ours: sight(factsAfter(':')),
    theirs: sight(factsAfter(edits.map(([, script]) => script).join('\n'))),
    ...{ allowances: [], isElsewhere: false, isStrict: false },
  })
  const open = compared.differences.filter(({ kind }) => kind === 'undeclared')
  const ids = open.map(({ name, key }) => `${name} ${key}`)
  for (const [what, , id] of edits)
    expect(
      ids.filter((one) => (typeof id === 'string' ? one === id : id.test(one))),
      `${what}\n${ids.join('\n')}`,
    ).toHaveLength(1)
  expect(ids, JSON.stringify(open, undefined, 1)).toHaveLength(edits.length)
  expect(compared.differences.filter(({ kind }) => kind !== 'undeclared')).toEqual([])
})
