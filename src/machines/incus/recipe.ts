/** What is in a template: Debian as small as it boots to SSH, with what every host needs anyway. Pure. */
import { digestOf } from '../../lib/digest.ts'
import type { DebianRelease } from '../../model/environment.ts'
import type { Authority } from './authorities.ts'
import { networkUnit, rootsOnly } from './guest-files.ts'
import { firstFiles } from './machine-files.ts'
import type { Mirrors } from './mirrors.ts'

export interface Recipe {
  /** `copse-debian-13-0a1b2c3d`: the same contents, the same name. */
  readonly name: string
  readonly codename: string
  readonly packages: readonly string[]
  /** The guest's own package sources, and those that the image is built from. */
  readonly sources: string
  /** Whom guests trust besides. */
  readonly authorities: readonly Authority[]
  /** POSIX sh that finishes the tree given as its argument. */
  readonly script: string
  /** Files that each copy is given, as an engine is told of them. */
  readonly files: typeof firstFiles
}

const codenames = { 12: 'bookworm', 13: 'trixie' } as const

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg'

const packages = [
  ...['systemd', 'systemd-sysv', 'dbus', 'iproute2', 'openssh-server', 'sudo'],
  ...['ca-certificates', 'curl', 'bind9-dnsutils', 'iputils-ping', 'procps', 'nftables'],
  // It brings Python, which takes longest.
  'unattended-upgrades',
]

/**
 * mmdebstrap copies the box's own name and resolvers. Two units cannot work in a container and would make it `degraded`, the
 * others, and the generators, which also run each time that systemd reads its units again, have nothing to do there and make
 * each boot longer; each machine is given the unit of its network, which is wanted here already; a message of the day is made
 * by seven programs at every login; apt runs and upgrades by itself only once configured; without the stamps of systemd-update-done every
 * first boot would rebuild caches that are new.
 */
const script = `set -eu
root=$1
rm -f "$root"/etc/ssh/ssh_host_* "$root/etc/hostname" "$root/etc/resolv.conf"
: >"$root/etc/machine-id"
rm -f "$root/var/lib/dbus/machine-id"
printf 'LANG=C.UTF-8\\n' >"$root/etc/default/locale"
mkdir -p "$root/root/.ssh" "$root/var/lib/copse"
chmod 700 "$root/root/.ssh"
chmod 755 "$root/var/lib/copse"
mv "$root/etc/dpkg/dpkg.cfg.d/99mmdebstrap" "$root/etc/dpkg/dpkg.cfg.d/unsafe-io"
mv "$root/etc/apt/apt.conf.d/99mmdebstrap" "$root/etc/apt/apt.conf.d/no-languages"
: >"$root/etc/apt/sources.list"
rm -f "$root"/etc/apt/sources.list.d/*
cp debian.sources "$root/etc/apt/sources.list.d/debian.sources"
chmod 644 "$root/etc/apt/sources.list.d/debian.sources"
sed -i '/pam_motd.so *motd=/s/^/#/' "$root/etc/pam.d/sshd"
for file in ${rootsOnly.join(' ')}; do
  install -m 600 /dev/null "$root$file"
done
for unit in systemd-binfmt systemd-modules-load modprobe@ console-getty \\
  systemd-remount-fs systemd-tmpfiles-setup-dev-early systemd-tmpfiles-setup-dev; do
  ln -sf /dev/null "$root/etc/systemd/system/$unit.service"
done
mkdir -p "$root/etc/systemd/system-generators"
for generator in debug gpt-auto hibernate-resume run ssh system-update tpm2; do
  ln -sf /dev/null "$root/etc/systemd/system-generators/systemd-$generator-generator"
done
if [ -d authorities ]; then
  for file in authorities/*.crt; do
    install -D -m 644 "$file" "$root/usr/local/share/ca-certificates/\${file#authorities/}"
  done
  chroot "$root" update-ca-certificates >/dev/null
fi
for target in multi-user network-online; do
  mkdir -p "$root/etc/systemd/system/$target.target.wants"
  ln -sf ${networkUnit} "$root/etc/systemd/system/$target.target.wants/"
done
chroot "$root" systemctl --quiet disable apt-daily.timer apt-daily-upgrade.timer unattended-upgrades.service
touch "$root/etc/.updated" "$root/var/.updated"
`

export function recipeFor(
  release: DebianRelease,
  mirrors: Mirrors,
  authorities: readonly Authority[] = [],
): Recipe {
  const codename = codenames[release]
  const contents = {
    codename,
    packages,
    sources: sourcesOf(codename, mirrors),
    authorities,
    script,
    files: firstFiles,
  }
  return { name: `copse-debian-${release}-${digestOf(contents).slice(0, 8)}`, ...contents }
}

function sourcesOf(codename: string, { archive, security }: Mirrors): string {
  const stanza = (uri: string, suites: string) =>
    `Types: deb\nURIs: ${uri}\nSuites: ${suites}\nComponents: main\nSigned-By: ${keyring}\n`
  const own = stanza(archive, `${codename} ${codename}-updates`)
  return security === undefined ? own : `${own}\n${stanza(security, `${codename}-security`)}`
}

/** What mmdebstrap is told; it runs in a directory that holds `debian.sources`, `finish.sh` and perhaps `authorities`. */
export function mmdebstrapArguments({ codename, packages: names }: Recipe): readonly string[] {
  return [
    '--quiet',
    '--variant=minbase',
    '--format=tar',
    // Both stay in the image: these machines can be made anew, and need no package descriptions in other languages.
    '--dpkgopt=force-unsafe-io',
    '--aptopt=Acquire::Languages "none"',
    `--include=${names.join(',')}`,
    '--customize-hook=sh ./finish.sh "$1"',
    codename,
    'rootfs.tar',
    'debian.sources',
  ]
}
