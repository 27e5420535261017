/** What accounts, groups and keys must stand on a real Debian machine. */
import { authorizedKey, authorizedKeys, group, user } from '../../src/index.ts'
import type { KindCase } from './kind-case.ts'

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

export const accountCases: readonly KindCase[] = [...accounts, ...keys]
