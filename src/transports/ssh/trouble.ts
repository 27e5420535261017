/** Why a connection did not come about, from what the client saw; its messages are only quoted. */
import { quote } from '../../lib/shell.ts'
import { Unreachable } from '../transport.ts'
import { fingerprint, keyOf, knownKeys } from './known-hosts.ts'
import { readShownKey, type SshLink } from './options.ts'

/** Trouble of a client that ended before the host let it in. */
export async function connectTrouble(
  link: SshLink,
  stderr: string,
  signal: AbortSignal,
): Promise<Unreachable> {
  const { key } = readShownKey(stderr)
  const detail = quoteLast(stderr)
  if (key === undefined)
    return new Unreachable(
      'no-answer',
      `${link.alias} does not answer at ${placeOf(link)}${detail}`,
      `check that it is up and that sshd listens there: ${byHand(link)}`,
    )
  const { hostKey } = link.target
  const known = hostKey === undefined ? await knownKeys(link.target, signal) : [keyOf(hostKey)]
  if (known.length === 0) return unknownKey(link, key)
  if (!known.includes(key)) return changedKey(link, key, known)
  return new Unreachable(
    'no-entry',
    `${link.alias} does not let ${link.target.user ?? 'this user'} in at ${placeOf(link)}${detail}`,
    `check the user and that its authorized_keys holds your public key: ${byHand(link)}`,
  )
}

/** The user that copse goes in as can do nothing there. */
export function sudoTrouble({ alias, target }: SshLink, stderr: string): Unreachable {
  const user = target.user ?? 'the user'
  return new Unreachable(
    'no-entry',
    `${user} may not run sudo without a password on ${alias}${quoteLast(stderr)}`,
    `on that server, as root: echo '${target.user ?? 'USER'} ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/copse`,
  )
}

function changedKey(link: SshLink, key: string, known: readonly string[]): Unreachable {
  return new Unreachable(
    'changed-key',
    `${link.alias} at ${placeOf(link)} shows another host key than the one that is trusted: ` +
      `${fingerprint(key)}, wanted ${known.map(fingerprint).join(' or ')}`,
    link.target.hostKey === undefined
      ? `if the server was made anew, replace its line in ${link.target.knownHosts ?? 'your known_hosts'}; if not, somebody else answers there`
      : 'if the server was made anew, pin its new host key; if not, somebody else answers there',
  )
}

function unknownKey(link: SshLink, key: string): Unreachable {
  return new Unreachable(
    'no-entry',
    `the host key of ${link.alias} at ${placeOf(link)} is not known: it shows ${fingerprint(key)}`,
    `compare it with /etc/ssh/ssh_host_*_key.pub on that server, then ${link.target.knownHosts === undefined ? 'log in there once by hand; of a host in the config, that line may be its hostKey' : `add a line for it to ${link.target.knownHosts}`}`,
  )
}

function placeOf({ target }: SshLink): string {
  return target.port === undefined ? target.address : `${target.address} port ${target.port}`
}

/** The command that shows a person more. */
function byHand({ target: { address, user, port, identityFile, jump } }: SshLink): string {
  const way = jump === undefined ? '' : `-J ${quote(jump.destination)} `
  const key = identityFile === undefined ? '' : `-i ${quote(identityFile)} `
  const door = port === undefined ? '' : `-p ${port} `
  return `ssh -v ${way}${key}${door}${quote(user === undefined ? address : `${user}@${address}`)}`
}

/** The last thing that was said, for people to read. */
function quoteLast(stderr: string): string {
  const last = readShownKey(stderr).said.trim().split('\n').at(-1)?.trim()
  return last ? ` (${last})` : ''
}
