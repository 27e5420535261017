/** Differences that nobody declares: what somebody types on a web server, the fact that tells it, and how it is undone. */

const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHp4bJV3m0iuC0EHLbnTrUd6mCMfoLULmkvhKEh5r0dV eve'

export const handMade: readonly (readonly [script: string, told: RegExp, undo: string])[] = [
  // Nothing else has two versions on every mirror.
  [
    "sed -i '/^Package: tzdata$/,/^$/s/^Version: .*/&+mine/' /var/lib/dpkg/status",
    /^package tzdata$/,
    "sed -i 's/+mine$//' /var/lib/dpkg/status",
  ],
  [
    'echo "# mine" >>/etc/nginx/nginx.conf',
    /^file \/etc\/nginx\/nginx.conf$/,
    "sed -i '/^# mine$/d' /etc/nginx/nginx.conf",
  ],
  ['useradd --no-create-home --shell /bin/sh eve', /^user eve$/, 'userdel eve'],
  [
    `echo '${key}' >>/root/.ssh/authorized_keys`,
    /^key root SHA256:/,
    "sed -i '/ eve$/d' /root/.ssh/authorized_keys",
  ],
  [
    'systemctl stop unattended-upgrades',
    /^unit unattended-upgrades.service$/,
    'systemctl start unattended-upgrades',
  ],
  [
    'cat /proc/sys/net/ipv4/tcp_fin_timeout >/run/usual; echo 77 >/proc/sys/net/ipv4/tcp_fin_timeout',
    /^sysctl net.ipv4.tcp_fin_timeout$/,
    'cat /run/usual >/proc/sys/net/ipv4/tcp_fin_timeout; rm /run/usual',
  ],
  [
    `systemd-run -q --unit=mine perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1:4711") or die; sleep 3600'`,
    /^listener tcp 127.0.0.1 4711$/,
    'systemctl stop mine',
  ],
  [
    'cp -P /etc/localtime /run/usual-time; ln -sf /usr/share/zoneinfo/Asia/Tokyo /etc/localtime',
    /^time zone$/,
    'cp -P --remove-destination /run/usual-time /etc/localtime; rm /run/usual-time',
  ],
  [
    'mkdir -p /etc/cron.d; echo "5 4 * * * root /bin/true" >/etc/cron.d/mine',
    /^cron \/etc\/cron.d\/mine$/,
    'rm /etc/cron.d/mine; rmdir --ignore-fail-on-non-empty /etc/cron.d',
  ],
  [
    'nft add rule inet copse input tcp dport 99 accept',
    /^firewall inet copse input: tcp dport 99 accept$/,
    'nft delete rule inet copse input handle $(nft -a list chain inet copse input | sed -n "s/.*dport 99 accept # handle //p")',
  ],
  ['mount -t tmpfs none /mnt', /^mount \/mnt$/, 'umount /mnt'],
]
