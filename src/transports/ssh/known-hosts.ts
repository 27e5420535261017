/** Host keys: those that copse pins, and those that the user's own OpenSSH settings know. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import type { SshTarget } from '../ssh-target.ts'
import { optionArguments, trustOptions } from './options.ts'

const run = promisify(execFile)

/** Where the user's settings send a connection. */
export interface Resolved {
  readonly hostname: string
  readonly port: number
  /** Through ProxyJump or ProxyCommand: the address need not be reachable from here. */
  readonly isProxied: boolean
  /** The name that known_hosts files are asked for. */
  readonly knownAs: string
  readonly knownHostsFiles: readonly string[]
}

/** The base64 part of a public key line; it holds the key's type too. */
export function keyOf(hostKey: string): string {
  return hostKey.trim().split(/\s+/).at(1) ?? ''
}

/** The line of a key that is known in base64: it begins with its type (RFC 4253, 6.6). */
export function typedKey(key: string): string {
  const blob = Buffer.from(key, 'base64')
  return `${blob.toString('latin1', 4, 4 + blob.readUInt32BE(0))} ${key}`
}

/** A known_hosts line that pins a key. */
export function knownHostsLine(alias: string, hostKey: string): string {
  const [type, key] = hostKey.trim().split(/\s+/)
  return `${alias} ${type} ${key}\n`
}

/** As `ssh-keygen -l` prints it: `SHA256:...`. */
export function fingerprint(key: string): string {
  const hash = createHash('sha256').update(Buffer.from(key, 'base64')).digest('base64')
  return `SHA256:${hash.replace(/=+$/, '')}`
}

/** Asks OpenSSH what it makes of a target and the user's settings; connects to nothing. */
export async function resolve(target: SshTarget, signal: AbortSignal): Promise<Resolved> {
  const options = optionArguments(trustOptions({ target, alias: target.address, knownHosts: '/dev/null' }))
  const { stdout } = await run('ssh', ['-G', ...options, '--', target.address], { signal })
  const settings = new Map(
    stdout.split('\n').map((line) => {
      const at = line.indexOf(' ')
      return [line.slice(0, at), line.slice(at + 1)]
    }),
  )
  const say = (name: string) => settings.get(name) ?? ''
  const port = Number(say('port'))
  const name =
    settings.get('hostkeyalias') ?? (port === 22 ? say('hostname') : `[${say('hostname')}]:${port}`)
  const named = say('userknownhostsfile')
  return {
    hostname: say('hostname'),
    port,
    isProxied: settings.has('proxyjump') || settings.has('proxycommand'),
    knownAs: name,
    // OpenSSH prints several with blanks between them, and does not quote one that has a blank.
    knownHostsFiles: [
      ...(target.knownHosts === undefined ? named.split(' ') : [named]),
      ...say('globalknownhostsfile').split(' '),
    ],
  }
}

/** The keys, in base64, that the user's own known_hosts files hold for a target without a pinned key. */
export async function knownKeys(target: SshTarget, signal: AbortSignal): Promise<readonly string[]> {
  const { knownAs, knownHostsFiles } = await resolve(target, signal)
  const found = await Promise.all(
    knownHostsFiles.map((file) =>
      run('ssh-keygen', ['-F', knownAs, '-f', file], { signal }).then(
        ({ stdout }) => stdout,
        () => '',
      ),
    ),
  )
  return keysIn(found.join('\n'))
}

/** Those of known_hosts lines, but for what is marked as revoked, wherever it stands. Pure. */
export function keysIn(text: string): readonly string[] {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  const keysOf = (some: readonly string[]) =>
    some.map((line) => keyOf(line.replace(/^@\S+ /, '').replace(/^\S+ /, '')))
  const isRevoked = (line: string) => line.startsWith('@revoked ')
  const revoked = keysOf(lines.filter(isRevoked))
  const trusted = keysOf(lines.filter((line) => !isRevoked(line)))
  return trusted.filter((key) => key.startsWith('AAAA') && !revoked.includes(key))
}
