/** The options that copse gives OpenSSH, as one list for its argument vectors and for `ssh-config`. */
import { quote } from '../../lib/shell.ts'
import type { Jump, SshTarget } from '../ssh-target.ts'

/** How connections to one host are made. */
export interface SshLink {
  readonly target: SshTarget
  /** Names the host in messages, and its pinned key in known_hosts. */
  readonly alias: string
  /** The file that holds the pinned key; not read where the target has none. */
  readonly knownHosts: string
}

/** Option names and values as in ssh_config, values quoted. */
export type Options = Readonly<Record<string, string>>

/** Who goes in and whom we trust: the same for scripts and people. A pinned key leaves no other way to trust. */
export function trustOptions({ target, alias, knownHosts }: SshLink): Options {
  const { user, port, identityFile, hostKey, jump } = target
  const file = hostKey === undefined ? target.knownHosts : knownHosts
  return {
    ...(user !== undefined && { User: optionValue(user) }),
    ...(port !== undefined && { Port: String(port) }),
    ...(identityFile !== undefined && { IdentityFile: optionPath(identityFile), IdentitiesOnly: 'yes' }),
    ...(file !== undefined && {
      UserKnownHostsFile: optionPath(file),
      GlobalKnownHostsFile: '/dev/null',
      VerifyHostKeyDNS: 'no',
    }),
    ...(hostKey !== undefined && {
      // What OpenSSH would prefer by itself after it has read the file.
      HostKeyAlgorithms: `^${algorithmsOf(hostKey)}`,
      HostKeyAlias: optionValue(alias),
    }),
    ...(jump && { ProxyCommand: jumpCommand(jump) }),
    StrictHostKeyChecking: 'yes',
    NoHostAuthenticationForLocalhost: 'no',
    UpdateHostKeys: 'no',
    ForwardAgent: 'no',
    ForwardX11: 'no',
  }
}

/** A command rather than ProxyJump, which would look for the user's settings in the file that this stands in. */
function jumpCommand({ destination, controlPath }: Jump): string {
  const sharing =
    controlPath === undefined
      ? []
      : optionArguments({ BatchMode: 'yes', ControlMaster: 'no', ControlPath: optionPath(controlPath) })
  const words = ['ssh', ...sharing, '-W'].map(quote).join(' ')
  return `${words.replaceAll('%', '%%')} '[%h]:%p' -- ${quote(destination).replaceAll('%', '%%')}`
}

/** How a server proves that it has the private half of a pinned key. */
function algorithmsOf(hostKey: string): string {
  const type = hostKey.split(' ', 1)[0] ?? ''
  return type === 'ssh-rsa' ? 'rsa-sha2-512,rsa-sha2-256' : type
}

/** What scripts need besides: no questions, and nothing of the user's settings that would change what a command does. */
export function scriptOptions(link: SshLink, connectTimeoutMs: number): Options {
  return {
    ...trustOptions(link),
    BatchMode: 'yes',
    ConnectTimeout: String(Math.max(1, Math.ceil(connectTimeoutMs / 1000))),
    ServerAliveInterval: '5',
    ServerAliveCountMax: '3',
    LogLevel: 'ERROR',
    EscapeChar: 'none',
    RequestTTY: 'no',
    RemoteCommand: 'none',
    SessionType: 'default',
    StdinNull: 'no',
    ForkAfterAuthentication: 'no',
    ControlPersist: 'no',
    // Nobody can keep what stays here until it can be broken: this saves the time that guarding against that takes.
    ...(link.target.staysHere && { KexAlgorithms: '^curve25519-sha256' }),
    ClearAllForwardings: 'yes',
    Tunnel: 'no',
    PermitLocalCommand: 'no',
    KnownHostsCommand: reportShownKey,
  }
}

/**
 * OpenSSH runs this after its known_hosts files, on every connection that it makes itself. It knows no keys;
 * it says which key the host showed (%K), so that trouble can be told apart without reading messages.
 */
const reportShownKey = '/bin/sh -c "echo copse-host-key %I %K >&2"'

/** The key that a host showed during a connection, in base64, and what else was said on standard error. */
export function readShownKey(stderr: string): { readonly key: string | undefined; readonly said: string } {
  const lines = stderr.split('\n')
  const reports = lines.filter((line) => line.startsWith('copse-host-key '))
  return {
    key: reports
      .map((line) => line.split(' '))
      .findLast(([, reason]) => reason === 'HOSTNAME')
      ?.at(2),
    said: lines.filter((line) => !reports.includes(line)).join('\n'),
  }
}

/** `-o Name=value ...` */
export function optionArguments(options: Options): readonly string[] {
  return Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`])
}

/** A value as ssh_config reads it, in quotes where it needs them. */
export function optionValue(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what would end the line.
  if (/[\0-\x1f]/.test(text)) throw new TypeError(`not an OpenSSH value: ${JSON.stringify(text)}`)
  return /^[\w@%+:,./-]+$/.test(text) ? text : `"${text.replaceAll(/["\\]/g, '\\$&')}"`
}

/** A path where OpenSSH expands percent signs. */
export function optionPath(path: string): string {
  return optionValue(path.replaceAll('%', '%%'))
}
