/** What units, timers and masks must stand on a real Debian machine. */
import { file, mask, timer, unit } from '../../src/index.ts'
import type { KindCase } from './kind-case.ts'

const sleeper = '[Service]\nExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n'
const path = '/etc/systemd/system'

export const unitCases: readonly KindCase[] = [
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
