/** A machine that was copied from a golden image is what one that was installed from nothing is, and no two share a secret. */
import { expect, test } from 'vitest'
import type { World } from './world.ts'

/** What one machine alone may have; everything else of a file system must come out alike. */
const unique = [
  '/etc/copse/ci/known_hosts',
  '/etc/copse/tls/.*',
  '/etc/copse/tls/*.crt',
  '/etc/copse/tls/*.key',
  '/etc/copse/tls/*.pem',
  '/etc/machine-id',
  '/etc/ssh/ssh_host_*',
  '/etc/ssl/certs/ssl-cert-snakeoil.pem',
  '/etc/ssl/private/ssl-cert-snakeoil.key',
  '/etc/unbound/unbound_*.key',
  '/etc/unbound/unbound_*.pem',
  '/var/lib/copse/identity',
]

/** Where daemons and package managers keep what they see and do, and in which order, which is no two times the same. */
const restless = [
  '/etc/ld.so.cache',
  '/etc/ssl/certs/????????.0',
  '/root/.bash_history',
  '/srv',
  '/usr/lib/python3*/__pycache__',
  '/var/cache',
  '/var/lib/apt',
  // Of what was found on a volume.
  '/var/lib/copse/made/authorized-keys*',
  '/var/lib/copse/original/%2Fsrv*',
  '/var/lib/copse/owned',
  '/var/lib/copse/run',
  '/var/lib/dpkg',
  '/var/lib/ci*',
  '/var/lib/copse-postgres',
  '/var/lib/graphite',
  '/var/lib/postgresql',
  '/var/lib/systemd',
  '/var/lib/unbound',
  '/var/log',
  '/var/tmp',
]

/** They hold the day on which each account was made, which is that of its image; the rest of each line is compared. */
const dated = ['/etc/shadow', '/etc/shadow-']

/**
 * Packages, units, listeners, accounts, what copse owns, and each path with mode, owner and what it holds. Sockets that only send
 * have any port; of a link that says what wants a unit systemd reads the name alone. What is on a volume, or needs only be run
 * where it was not yet, is owned by the machine that found it otherwise.
 */
const snapshot = `
section() { sed "s|^|$1 |"; }
dpkg-query -W -f '\${binary:Package} \${Version} \${db:Status-Abbrev}\\n' | section package
apt-mark showmanual | section manual
systemctl list-unit-files --plain --no-legend --state=enabled,disabled,masked,static | section unit-file
systemctl list-units --plain --no-legend --state=active --type=service,socket,timer | cut -d ' ' -f 1 | grep -v '^user' | section active
systemctl list-units --plain --no-legend --state=failed | cut -d ' ' -f 1 |
  while read -r unit; do echo "$unit $(journalctl -b -o cat -n 5 -u "$unit" | tr '\\n' ' ')"; done | section failed
ss -Hltun | awk '{ port = $5; sub(/.*:/, "", port); if ($1 != "udp" || port < 32768) print $1, $5 }' | sort -u | section listens
getent passwd | sort | section passwd
getent group | sort | section group
grep -vE '^(authorized-keys|command|directory./srv)' /var/lib/copse/owned | sort | section owns
find / -xdev \\( ${[...unique, ...restless].map((path) => `-path '${path}'`).join(' -o ')} \\) -prune -o ! -type f -printf 'path %p %y %m %U:%G %l\\n' | sed 's|^\\(path [^ ]*\\.wants/[^ ]* l .*\\) [^ ]*$|\\1|' | sort
find / -xdev \\( ${[...unique, ...restless].map((path) => `-path '${path}'`).join(' -o ')} \\) -prune -o -type f -printf 'path %p %y %m %U:%G\\n' | sort
find /etc /var/lib/copse -xdev \\( ${[...unique, ...restless, ...dated].map((path) => `-path '${path}'`).join(' -o ')} \\) -prune -o -type f -exec sha256sum {} + | sort
for file in ${dated.join(' ')}; do sed -E 's/^([^:]*:[^:]*:)[0-9]+:/\\1:/' "$file" | section "$file"; done
true`

const secrets = `for file in ${unique.join(' ')}; do if [ -f "$file" ]; then sha256sum "$file"; fi; done`

function onlyIn(lines: readonly string[], others: readonly string[]): readonly string[] {
  const known = new Set(others)
  return lines.filter((line) => !known.has(line))
}

export function copies(world: () => World, hosts: readonly string[]): void {
  const seenOn = async (host: string, script: string) => {
    const { code, stdout, stderr } = await world().copse('exec', 'dev', '-l', host, '--', script)
    expect(code, stderr).toBe(0)
    return stdout.split('\n').filter((line) => line !== '')
  }
  const onEach = async (script: string) => {
    const seen = new Map<string, readonly string[]>()
    for (const host of hosts) seen.set(host, await seenOn(host, script))
    return seen
  }

  // What is on volumes is older than either build: this leaves machines that are copies of today's images.
  test('two copies share no key, no machine-id and no made-up secret', { timeout: 900_000 }, async () => {
    const before = await onEach(secrets)
    const rebuilt = await world().copse('rebuild', 'dev', ...hosts)
    expect(rebuilt.code, rebuilt.stderr).toBe(0)
    const after = await onEach(secrets)
    // The certificate of the authority is everybody's.
    const all = [...before.values(), ...after.values()].flat().filter((line) => !line.endsWith('/ca.crt'))
    for (const name of ['machine-id', 'ssh_host_ed25519_key', 'identity'])
      expect(
        all.filter((line) => line.endsWith(name)),
        name,
      ).toHaveLength(2 * hosts.length)
    const digests = all.map((line) => line.split(' ')[0])
    expect(new Set(digests).size).toBe(digests.length)
  })

  test('golden and cold builds of every host do not differ', { timeout: 1_800_000 }, async () => {
    const golden = await onEach(snapshot)
    const rebuilt = await world().copse('rebuild', 'dev', ...hosts, '--cold')
    expect(rebuilt.code, rebuilt.stderr).toBe(0)
    const cold = await onEach(snapshot)
    const differences = hosts.flatMap((host) => {
      const [before, after] = [golden.get(host) ?? [], cold.get(host) ?? []]
      console.info(`${host}: ${before.length} facts compared`)
      expect(before.length).toBeGreaterThan(5000)
      return [
        ...onlyIn(before, after).map((fact) => `${host}, golden: ${fact}`),
        ...onlyIn(after, before).map((fact) => `${host}, cold: ${fact}`),
      ]
    })
    expect(differences, differences.join('\n')).toEqual([])
    expect((await world().copse('drift', 'dev')).code).toBe(0)
  })
}
