/** A host's firewall: what flows declare comes in and goes out, nothing else does. */
import { command, type Environment, file, type Host, type ResourceList, unit } from 'copse'
import { rulesOf } from './firewall-rules.ts'

const rulesPath = '/etc/copse/firewall.nft'
const loaderPath = '/etc/copse/firewall'
const unitPath = '/etc/systemd/system/copse-firewall.service'
const besidePath = '/etc/systemd/system/nftables.service.d/copse-firewall.conf'
const loadedPath = '/run/copse-firewall'

/** Where there are no rules it opens the host, so that taking them back is the same as loading others. */
const loader = `#!/bin/sh
# Loads the rules of this host in one piece, and notes what the kernel made of them.
set -eu
if [ -e ${rulesPath} ]; then
  nft -f ${rulesPath}
  nft -s list table inet copse | sha256sum >${loadedPath}
else
  nft 'add table inet copse; delete table inet copse'
  rm -f ${loadedPath}
fi
`

const service = `[Unit]
Description=Firewall of this host in its environment
DefaultDependencies=no
After=local-fs.target nftables.service
Before=network-pre.target shutdown.target
Wants=network-pre.target
Conflicts=shutdown.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=${loaderPath}
ExecReload=${loaderPath}
ExecStop=/usr/sbin/nft 'add table inet copse; delete table inet copse'

[Install]
WantedBy=sysinit.target
`

/** Where somebody uses Debian's own nftables.service, it flushes all tables whenever it does anything; at boot it comes first. */
const beside = `[Service]
ExecStartPost=-${loaderPath}
ExecReload=-${loaderPath}
ExecStop=-${loaderPath}
`

/** Rules that change are taken back unless a new login works. It needs the package nftables. */
export function firewall(environment: Environment, host: Host): ResourceList {
  return [
    file(loaderPath, { content: loader, mode: 0o755 }),
    file(unitPath, { content: service }),
    file(besidePath, { content: beside }),
    unit('copse-firewall', { restartOn: [besidePath], reloadOn: [loaderPath, unitPath] }),
    command('systemctl reload copse-firewall', {
      name: 'load the firewall again',
      unless: `! [ -e ${rulesPath} ] || nft -s list table inet copse | sha256sum -c --status ${loadedPath}`,
    }),
    file(rulesPath, {
      content: rulesOf(environment, host),
      validate: 'nft -c -f %s',
      confirm: { reload: ['copse-firewall'] },
    }),
  ]
}
