/** Who gets in, and how: sshd takes keys only, and the operator account takes the keys of the environment's people. */
import { authorizedKeys, type Environment, file, type ResourceList, unit, user } from 'copse'

const sshdPath = '/etc/ssh/sshd_config.d/10-copse.conf'

/** sshd takes the first value that it reads, and Debian reads these files before its own settings. */
const sshdConf = `PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitEmptyPasswords no
X11Forwarding no
LoginGraceTime 30
`

/** A change of sshd's settings is taken back unless a new login works. */
export function sshd(): ResourceList {
  return [
    file(sshdPath, { content: sshdConf, validate: 'sshd -t -f %s', confirm: { reload: ['ssh'] } }),
    unit('ssh', { reloadOn: [sshdPath] }),
  ]
}

/** Does the host get the operator's account? Not where nobody could enter. */
export function hasOperator({ people }: Environment): boolean {
  return people.some(({ keys }) => keys.length > 0)
}

/**
 * An account that may do everything, for people instead of programs. It needs the package sudo. Where copse itself comes
 * in by it, whoever runs copse is among the people, or the host puts the former keys back.
 */
export function operator(name: string, { people }: Environment): ResourceList {
  return [
    user(name, { shell: '/bin/bash' }),
    authorizedKeys(
      name,
      people.flatMap(({ keys }) => keys),
    ),
    file('/etc/sudoers.d/copse', {
      content: `${name} ALL=(ALL:ALL) NOPASSWD: ALL\n`,
      mode: 0o440,
      validate: 'visudo -cqf %s',
    }),
  ]
}
