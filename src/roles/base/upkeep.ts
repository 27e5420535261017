/** What keeps a host well by itself: bounded logs, security upgrades, the right time. */
import { command, file, type ResourceList, unit } from 'copse'

const journalPath = '/etc/systemd/journald.conf.d/copse.conf'

/** Logs are kept over a reboot, up to a size; one noisy service loses lines before it fills the disk. */
export function journal(maxUse: string): ResourceList {
  const content = `[Journal]
Storage=persistent
SystemMaxUse=${maxUse}
RateLimitIntervalSec=30s
RateLimitBurst=50000
`
  return [file(journalPath, { content }), unit('systemd-journald', { restartOn: [journalPath] })]
}

const upgradesPath = '/etc/apt/apt.conf.d/60copse'

const upgradesConf = `APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
APT::Periodic::AutocleanInterval "7";
#clear Unattended-Upgrade::Origins-Pattern;
Unattended-Upgrade::Origins-Pattern { "origin=Debian,codename=\${distro_codename}-security,label=Debian-Security"; };
Unattended-Upgrade::Automatic-Reboot "false";
Dpkg::Options { "--force-confdef"; "--force-confold"; };
`

/** Security upgrades only, each day, without a reboot. It needs the package unattended-upgrades. */
export function upgrades(): ResourceList {
  return [
    file(upgradesPath, { content: upgradesConf }),
    // It lets a shutdown wait for an upgrade that is being installed.
    unit('unattended-upgrades', { restartOn: [upgradesPath] }),
    unit('apt-daily.timer'),
    unit('apt-daily-upgrade.timer'),
  ]
}

/**
 * A container shares its box's clock and cannot set it: there chrony stays off. A unit cannot say so, since it is
 * either meant to run or not. It needs the package chrony.
 */
export function timeSync(): ResourceList {
  return [
    file('/etc/systemd/system/chrony.service.d/copse.conf', {
      content: '[Unit]\nConditionVirtualization=!container\n',
    }),
    command('systemctl daemon-reload && systemctl start chrony', {
      name: 'start chrony',
      unless: 'systemd-detect-virt --quiet --container || systemctl is-active --quiet chrony',
    }),
  ]
}
