/** What people's own `ssh` is told, so that it goes in as copse does: `copse ssh` and `copse ssh-config`. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { replaceFile } from '../replace-file.ts'
import type { SshTarget } from '../ssh-target.ts'
import { knownHostsLine } from './known-hosts.ts'
import { optionArguments, optionPath, optionValue, type SshLink, trustOptions } from './options.ts'

/** A host and the name that its key is pinned under. */
export interface Pinned {
  readonly alias: string
  readonly target: SshTarget
}

/** Where the pinned keys of an environment are for people's own `ssh`. */
export function knownHostsIn(stateDir: string): string {
  return join(stateDir, 'known_hosts')
}

/** Writes the environment's known_hosts, whole, and answers its path. */
export async function writeKnownHosts(stateDir: string, hosts: readonly Pinned[]): Promise<string> {
  const file = knownHostsIn(stateDir)
  const text = hosts.map(({ alias, target }) =>
    target.hostKey === undefined ? '' : knownHostsLine(alias, target.hostKey),
  )
  await mkdir(stateDir, { recursive: true, mode: 0o700 })
  await replaceFile(file, text.join(''))
  return file
}

/** The arguments of an interactive `ssh`; a remote command may follow them. */
export function sshArguments(link: SshLink): readonly string[] {
  return [...optionArguments(trustOptions(link)), '--', link.target.address]
}

/** A stanza of ssh_config: `ssh NAME` goes in under each of the names. */
export function sshConfigStanza(link: SshLink, names: readonly string[]): string {
  const options = { HostName: optionPath(link.target.address), ...trustOptions(link) }
  const settings = Object.entries(options).map(([name, value]) => `  ${name} ${value}\n`)
  return `Host ${names.map(optionValue).join(' ')}\n${settings.join('')}`
}
