/** What the kinds that are a system's state must stand on a real Debian machine. */
import { command, sysctl } from '../../src/index.ts'
import type { KindCase } from './kind-case.ts'
import { accountCases } from './kinds-accounts.ts'
import { packageCases } from './kinds-packages.ts'
import { unitCases } from './kinds-units.ts'

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

/** Every case leaves the machine as it found it, so that they run in any order. */
export const systemCases: readonly KindCase[] = [...packageCases, ...accountCases, ...settings, ...unitCases]
