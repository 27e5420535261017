/** What the kinds that are a system's state must stand on a real Debian machine. */
import {
  authorizedKey,
  authorizedKeys,
  command,
  file,
  group,
  mask,
  pkg,
  sysctl,
  timer,
  unit,
  user,
} from '../../src/index.ts'
import type { KindCase } from './kind-case.ts'

const install = 'apt-get -qq update; DEBIAN_FRONTEND=noninteractive apt-get install -y -qq'
const isInstalled = (name: string) =>
  `dpkg-query -W -f '\${db:Status-Abbrev}' ${name} 2>/dev/null | grep -q '^.i'`

const packages: readonly KindCase[] = [
  {
    title: 'a package is installed by itself, mended, and removed with what came along',
    resources: [pkg('jq')],
    before: `! ${isInstalled('jq')} && ! ${isInstalled('libonig5')}`,
    holds: 'echo 1 | jq . && apt-mark showmanual | grep -qx jq && test ! -e /usr/sbin/policy-rc.d',
    breaks: [
      { by: 'apt-get remove -y -qq jq', named: /^create package jq/m },
      { by: 'apt-mark hold jq', named: /^update package jq: held, wanted free/m },
      { by: 'apt-mark auto jq', named: /^update package jq: installed only because/m },
      {
        by: 'cd /var/tmp && apt-get download -qq jq && dpkg --unpack jq_*.deb && rm jq_*.deb',
        named: /^update package jq: is only half installed \(dpkg says U\)/m,
      },
    ],
    gone: `! ${isInstalled('jq')} && ! ${isInstalled('libonig5')} && test -z "$(dpkg --audit)"`,
  },
  {
    title: 'a package that another one needs stays until that one goes',
    resources: [pkg('libonig5')],
    before: `! ${isInstalled('jq')} && ! ${isInstalled('libonig5')}`,
    holds: isInstalled('libonig5'),
    breaks: [{ by: `${install} jq && apt-get remove -y -qq libonig5`, named: /^create package libonig5/m }],
    gone: `! ${isInstalled('libonig5')}`,
  },
  {
    title: 'a package that was there before is held, and is there afterwards, free again',
    resources: [pkg('tree', { state: 'held' })],
    before: `${install} tree`,
    holds: 'apt-mark showhold | grep -qx tree',
    breaks: [{ by: 'apt-mark unhold tree', named: /^update package tree: not held/m }],
    gone: 'command -v tree && ! apt-mark showhold | grep -qx tree && apt-get remove -y -qq tree',
  },
  {
    title: 'an unwanted package is removed and stays away',
    resources: [pkg('ed', { state: 'absent' })],
    before: `${install} ed`,
    holds: `! ${isInstalled('ed')}`,
    breaks: [{ by: `${install} ed`, named: /^destroy package ed: .* is installed, wanted none/m }],
    gone: `! ${isInstalled('ed')}`,
  },
]

const isDemo =
  'id demo && test "$(stat -c %U /home/demo)" = demo && getent shadow demo | grep -q "^demo:[*]:"'

const accounts: readonly KindCase[] = [
  {
    title: 'an account has what is wanted of it and no password; its home directory outlives it',
    resources: [
      group('crew', { gid: 2345 }),
      user('demo', { uid: 2346, shell: '/bin/bash', groups: ['crew'], comment: "Demo O'Neil" }),
    ],
    holds: `${isDemo} && test "$(id -Gn demo)" = 'demo crew' && getent passwd demo | grep -qF ":2346:2346:Demo O'Neil:/home/demo:/bin/bash"`,
    breaks: [
      { by: 'usermod -s /bin/sh demo', named: /^update user demo: shell \/bin\/sh, wanted \/bin\/bash/m },
      { by: 'usermod -aG adm demo', named: /^update user demo: in group adm/m },
      { by: 'gpasswd -d demo crew', named: /^update user demo: not in group crew/m },
      { by: 'echo demo:secret | chpasswd', named: /^update user demo: has a password/m },
      { by: 'rm -r /home/demo', named: /^update user demo: its home directory is missing/m },
      { by: 'userdel demo', named: /^create user demo/m },
      {
        by: 'gpasswd -d demo crew; groupmod -g 2999 crew',
        named: /^update group crew: gid 2999, wanted 2345/m,
      },
    ],
    gone: '! getent passwd demo && ! getent group demo && ! getent group crew && test -d /home/demo && rm -r /home/demo',
  },
  {
    title: 'an account and a group that were there before are not removed',
    resources: [user('games', { shell: '/bin/false', system: true }), group('games', { gid: 61 })],
    before: 'getent passwd games | grep -q nologin && getent group games',
    holds: 'getent passwd games | grep -q ":/bin/false$"',
    breaks: [{ by: 'usermod -s /bin/sh games', named: /^update user games/m }],
    gone: 'getent passwd games && getent group games && usermod -s /usr/sbin/nologin games && groupmod -g 60 games',
  },
]

const [ana, ben, eve] = ['ana', 'ben', 'eve'].map(
  (name) =>
    `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${Buffer.from(`not a key: ${name}`).toString('base64')} ${name}`,
)
const keysOf = (name: string) => `/home/${name}/.ssh/authorized_keys`

const keys: readonly KindCase[] = [
  {
    title: 'exactly the wanted keys open an account, whoever tampers with the file',
    resources: [user('demo', { shell: '/bin/sh' }), authorizedKeys('demo', [String(ana), String(ben)])],
    holds: `test "$(cat ${keysOf('demo')})" = '${ana}\n${ben}' && test "$(stat -c '%U %a' ${keysOf('demo')} /home/demo/.ssh | xargs)" = 'demo 600 demo 700'`,
    breaks: [
      {
        by: `echo '${eve}' >>${keysOf('demo')}`,
        named: /^update authorized-keys demo: a key that nobody asked for: eve/m,
      },
      { by: `sed -i /ana/d ${keysOf('demo')}`, named: /^update authorized-keys demo: without the key ana/m },
      { by: `chmod 666 ${keysOf('demo')}`, named: /^update authorized-keys demo: mode 666/m },
      {
        by: `chown root ${keysOf('demo')} /home/demo/.ssh`,
        named: /^update authorized-keys demo: owner root/m,
      },
      {
        by: `ln -sf /etc/shadow ${keysOf('demo')}`,
        named: /^replace authorized-keys demo: .* symbolic link/m,
      },
      {
        by: 'rm -r /home/demo/.ssh && ln -s /root/.ssh /home/demo/.ssh',
        named: /^replace authorized-keys demo: .* symbolic link/m,
      },
      { by: 'rm -r /home/demo/.ssh', named: /^create authorized-keys demo/m },
    ],
    gone: '! getent passwd demo && test ! -e /home/demo/.ssh && test -s /root/.ssh/authorized_keys && test "$(stat -c %a /etc/shadow)" = 640 && rm -r /home/demo',
  },
  {
    title: 'the keys from before copse come back when it lets go',
    resources: [authorizedKeys('demo', [String(ana)])],
    before: `useradd -m demo && install -d -m 700 -o demo /home/demo/.ssh && printf '# mine\n${eve}\n' >${keysOf('demo')} && chown demo ${keysOf('demo')} && chmod 600 ${keysOf('demo')}`,
    holds: `test "$(cat ${keysOf('demo')})" = '${ana}'`,
    breaks: [],
    gone: `test "$(cat ${keysOf('demo')})" = '# mine\n${eve}' && userdel -r demo 2>/dev/null`,
  },
  {
    title: 'one key more leaves the others alone',
    resources: [authorizedKey('demo', String(ana))],
    before: `useradd -m demo && install -d -m 700 -o demo /home/demo/.ssh && printf '# mine\n${eve}\n' >${keysOf('demo')} && chown demo ${keysOf('demo')} && chmod 600 ${keysOf('demo')}`,
    holds: `grep -qxF '${ana}' ${keysOf('demo')} && grep -qxF '${eve}' ${keysOf('demo')} && grep -qx '# mine' ${keysOf('demo')}`,
    breaks: [
      { by: `sed -i /ana/d ${keysOf('demo')}`, named: /^update authorized-keys demo: without the key ana/m },
    ],
    gone: `test "$(cat ${keysOf('demo')})" = '# mine\n${eve}' && userdel -r demo 2>/dev/null`,
  },
]

const settings: readonly KindCase[] = [
  {
    title: 'a kernel setting holds now and at boot, and the former value comes back',
    resources: [sysctl('net.ipv4.tcp_rmem', '4096 131072  6000000'), sysctl('net.ipv4.ip_forward', 1)],
    before: 'cat /proc/sys/net/ipv4/tcp_rmem >/var/tmp/rmem; echo 0 >/proc/sys/net/ipv4/ip_forward',
    holds:
      'test "$(cat /proc/sys/net/ipv4/ip_forward)" = 1 && grep -qx "net.ipv4.tcp_rmem = 4096 131072 6000000" /etc/sysctl.d/60-copse-net.ipv4.tcp_rmem.conf',
    breaks: [
      {
        by: 'echo 0 >/proc/sys/net/ipv4/ip_forward',
        named: /^update sysctl net.ipv4.ip_forward: is 0, wanted 1/m,
      },
      {
        by: 'echo net.ipv4.ip_forward = 0 >/etc/sysctl.d/60-copse-net.ipv4.ip_forward.conf',
        named: /^update sysctl net.ipv4.ip_forward: 0 at boot, wanted 1/m,
      },
      { by: 'rm /etc/sysctl.d/60-copse-net.ipv4.*', named: /^create sysctl net.ipv4.tcp_rmem/m },
    ],
    gone: 'cmp /proc/sys/net/ipv4/tcp_rmem /var/tmp/rmem && test "$(cat /proc/sys/net/ipv4/ip_forward)" = 0 && test -z "$(ls /etc/sysctl.d | grep copse)" && rm /var/tmp/rmem',
  },
  {
    title: 'a command runs until its guards say that it is done; what it did stays',
    resources: [
      command("printf '%s' \"it's\" >/var/tmp/made\n", { name: 'make', creates: '/var/tmp/made' }),
      command('echo yes >>/var/tmp/wanted', { unless: 'grep -q yes /var/tmp/wanted' }),
      command('rm /var/tmp/unwanted', { onlyIf: 'test -e /var/tmp/unwanted' }),
    ],
    before: ': >/var/tmp/wanted; : >/var/tmp/unwanted',
    holds: `test "$(cat /var/tmp/made)" = "it's" && test "$(cat /var/tmp/wanted)" = yes && test ! -e /var/tmp/unwanted`,
    breaks: [
      { by: 'rm /var/tmp/made', named: /^update command make: \/var\/tmp\/made is missing/m },
      { by: ': >/var/tmp/wanted', named: /^update command echo yes >>\/var\/tmp\/wanted: not so: grep/m },
      { by: ': >/var/tmp/unwanted', named: /^update command rm \/var\/tmp\/unwanted: needed: test/m },
    ],
    gone: 'rm /var/tmp/made /var/tmp/wanted',
  },
]

const sleeper = '[Service]\nExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n'
const path = '/etc/systemd/system'

const units: readonly KindCase[] = [
  {
    title: 'a unit of its own file is enabled, started and restarted for what it names',
    resources: [
      file('/etc/copse-demo', { content: '1\n' }),
      unit('copse-demo', { file: sleeper, dropIn: '[Service]\nNice=7\n', restartOn: ['/etc/copse-demo'] }),
    ],
    holds:
      'systemctl is-active copse-demo && systemctl is-enabled copse-demo && test "$(ps -o ni= -p "$(systemctl show -p MainPID --value copse-demo)" | xargs)" = 7',
    breaks: [
      { by: 'systemctl stop copse-demo', named: /^update unit copse-demo: stopped, wanted running/m },
      { by: 'systemctl disable copse-demo', named: /^update unit copse-demo: not enabled/m },
      {
        by: 'systemctl kill -s ABRT copse-demo; sleep 0.3',
        named: /^update unit copse-demo: failed, wanted running/m,
      },
      { by: 'echo 2 >/etc/copse-demo', named: /^update unit copse-demo: restart: copse-demo changes/m },
      {
        by: 'rm /var/lib/copse/stamps/copse-demo.service',
        named: /^update unit copse-demo: restart: it may still/m,
      },
      {
        by: `echo OOMScoreAdjust=5 >>${path}/copse-demo.service && systemctl daemon-reload`,
        named: /^update unit copse-demo: restart: copse-demo.service changes/m,
      },
      {
        by: `printf '[Service]\nOOMScoreAdjust=3\n' >${path}/copse-demo.service.d/hand.conf`,
        named: /^update unit copse-demo: systemd has not read its changed files/m,
      },
      {
        by: `rm -r ${path}/copse-demo.service.d ${path}/copse-demo.service`,
        named: /^create file .*\n.*unit copse-demo: /m,
      },
    ],
    gone: `test ! -e ${path}/copse-demo.service && test ! -e ${path}/multi-user.target.wants/copse-demo.service && ! systemctl is-active copse-demo && test ! -e /var/lib/copse/stamps/copse-demo.service`,
  },
  {
    title: 'instances of a template, a socket and a service that runs once are units too',
    resources: [
      file(`${path}/copse-many@.service`, { content: sleeper }),
      unit('copse-many@1', { restartOn: [`${path}/copse-many@.service`] }),
      unit('copse-many@two.2', { enabled: false }),
      file(`${path}/copse-door@.service`, {
        content: '[Service]\nExecStart=/bin/cat\nStandardInput=socket\n',
      }),
      unit('copse-door.socket', {
        file: '[Socket]\nListenStream=/run/copse-door\nAccept=yes\n[Install]\nWantedBy=sockets.target\n',
      }),
      unit('copse-once', {
        enabled: false,
        file: '[Service]\nType=oneshot\nExecStart=/bin/sh -c "echo ran >>/var/tmp/once"\n',
      }),
    ],
    holds:
      'systemctl is-active copse-many@1 copse-many@two.2 copse-door.socket && systemctl is-enabled copse-many@1 && test "$(cat /var/tmp/once)" = ran',
    breaks: [
      { by: 'systemctl stop copse-many@two.2', named: /^update unit copse-many@two.2: stopped/m },
      {
        by: 'systemctl disable --now copse-door.socket',
        named: /^update unit copse-door.socket: not enabled; stopped/m,
      },
      {
        by: 'rm /var/tmp/once /var/lib/copse/stamps/copse-once.service',
        named: /^update unit copse-once: restart/m,
      },
    ],
    gone: '! systemctl is-active copse-many@1 copse-many@two.2 copse-door.socket copse-once && test ! -e /var/lib/copse/stamps/copse-once.service && rm /var/tmp/once',
  },
  {
    title: 'a unit that ran before copse goes on running when it is no longer wanted',
    resources: [
      file('/etc/systemd/journald.conf.d/demo.conf', { content: '[Journal]\nSystemMaxUse=90M\n' }),
      unit('systemd-journald', { restartOn: ['/etc/systemd/journald.conf.d/demo.conf'] }),
    ],
    holds: 'systemctl is-active systemd-journald',
    breaks: [
      {
        by: 'echo >>/etc/systemd/journald.conf.d/demo.conf',
        named: /^update unit systemd-journald: restart: demo.conf/m,
      },
    ],
    gone: 'systemctl is-active systemd-journald',
  },
  {
    title: 'a unit that is wanted neither started nor enabled is stopped and disabled',
    resources: [unit('copse-quiet', { started: false, enabled: false })],
    before: `printf '${sleeper}' >${path}/copse-quiet.service && systemctl daemon-reload && systemctl enable --now copse-quiet`,
    holds: '! systemctl is-active copse-quiet && ! systemctl is-enabled copse-quiet',
    breaks: [
      { by: 'systemctl start copse-quiet', named: /^update unit copse-quiet: running, wanted stopped/m },
      { by: 'systemctl enable copse-quiet', named: /^update unit copse-quiet: enabled, wanted not/m },
    ],
    gone: `rm ${path}/copse-quiet.service && systemctl daemon-reload`,
  },
  {
    title: 'a masked unit cannot be started until it is unmasked',
    resources: [mask('copse-masked'), mask('fstrim.timer')],
    holds:
      '! systemctl start fstrim.timer 2>/dev/null && test "$(readlink /etc/systemd/system/copse-masked.service)" = /dev/null',
    breaks: [
      { by: 'systemctl unmask fstrim.timer', named: /^create mask fstrim.timer/m },
      { by: 'systemctl unmask copse-masked', named: /^create mask copse-masked/m },
    ],
    gone: 'systemctl start fstrim.timer && test ! -e /etc/systemd/system/copse-masked.service',
  },
  {
    title: 'a timer runs its command, with every byte of it',
    resources: [
      timer('copse-tick', {
        onCalendar: '*-*-* *:*:00',
        command: `printf '%s\\n' "100%" '$HOME' "it's" \\\n  "back\\\\slash" >/var/tmp/tick`,
      }),
    ],
    holds: `systemctl is-active copse-tick.timer && systemctl start copse-tick && test "$(cat /var/tmp/tick)" = '100%\n$HOME\nit'"'"'s\nback\\slash'`,
    breaks: [
      { by: 'systemctl stop copse-tick.timer', named: /^update unit copse-tick.timer: stopped/m },
      {
        by: `sed -i s/100/99/ ${path}/copse-tick.service`,
        named: /^update unit copse-tick.timer: .*restart: copse-tick.service changes/m,
      },
    ],
    gone: '! systemctl is-active copse-tick.timer && ! systemctl cat copse-tick.timer 2>/dev/null && rm /var/tmp/tick',
  },
]

/** Every case leaves the machine as it found it, so that they run in any order. */
export const systemCases: readonly KindCase[] = [...packages, ...accounts, ...keys, ...settings, ...units]
