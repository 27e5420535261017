/** Somebody else at a server's address: lets everybody in who may enter there, and writes down all that they send. */
import { must } from '../../fixture/nested-box.ts'
import { ssh } from '../../fixture/pinned-ssh.ts'
import type { PlainServer } from '../../fixture/plain-server.ts'

export interface Impostor {
  /** What it was sent since it was last asked. */
  seen(): Promise<string>
  /** Gives the address back to the server's own sshd. */
  leave(): Promise<void>
}

const start = `systemctl stop ssh.socket ssh.service 2>/dev/null || systemctl stop ssh
rm -f /root/impostor /root/impostor.pub
ssh-keygen -q -t ed25519 -N '' -f /root/impostor
mkdir -p -m 755 /run/sshd
/usr/sbin/sshd -f /dev/null -h /root/impostor -o UsePAM=yes -o PidFile=/run/impostor.pid \\
  -o 'ForceCommand=echo "$SSH_ORIGINAL_COMMAND" >>~/seen; cat >>~/seen'
cat /root/impostor.pub`

/** Returns when it is known to hear what those say who trust it. */
export async function impersonate(server: PlainServer): Promise<Impostor> {
  const hostKey = (await must(server, start)).trim()
  const seen = () => must(server, 'cat ~ops/seen 2>/dev/null || :; rm -f ~ops/seen')
  await ssh({ ...server, hostKey }, 'whoever trusts me')
  if (!(await seen()).includes('whoever trusts me')) throw new Error('the impostor hears nothing')
  return {
    seen,
    async leave() {
      await must(server, 'kill "$(cat /run/impostor.pid)"; systemctl start ssh')
    },
  }
}
