import { expect, test } from 'vitest'
import { reloadedByWayIn } from './ways-in.ts'

test.each([
  ['/etc/ssh/sshd_config', ['ssh']],
  ['/etc/ssh/sshd_config.d/50-ours.conf', ['ssh']],
  ['/etc/nftables.conf', ['nftables']],
  ['/etc/sudoers.d/ops', []],
  ['/etc/sudoers.d/copse-deploy', []],
  ['/etc/pam.d/sshd', []],
  ['/etc/security/access.conf', []],
  ['/etc/hosts.deny', []],
  ['/etc/ssh/ssh_config', undefined],
  // The CI host comes in by it, and copse does not.
  ['/var/lib/copse-deploy/.ssh/authorized_keys', undefined],
  ['/etc/hosts', undefined],
  ['/etc/pam.data', undefined],
])('a change of %s is confirmed with %s', (path, reload) => {
  expect(reloadedByWayIn(path)).toEqual(reload)
})
