/** The ways into an environment's hosts, as people's own `ssh` takes them. */
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { desiredHost, type Session } from '../engine/session.ts'
import { sha256 } from '../lib/digest.ts'
import { CopseError } from '../lib/errors.ts'
import type { Host, Person } from '../model/environment.ts'
import { replaceFile } from '../transports/replace-file.ts'
import { knownHostsIn, writeKnownHosts } from '../transports/ssh/arguments.ts'
import type { SshLink } from '../transports/ssh/options.ts'
import type { SshTarget } from '../transports/ssh-target.ts'
import { keyIn, type NamedKey, type OwnKey, ownKeys } from './own-keys.ts'
import { type PersonalWay, wayOfPerson } from './way-of-person.ts'

/** A host with its way in, or why there is none. */
export interface HostLink {
  readonly host: Host
  readonly link: SshLink | undefined
  readonly trouble: CopseError | undefined
  /** Set where somebody goes in as themselves. */
  readonly person: PersonalWay | undefined
}

interface Found extends Omit<HostLink, 'link'> {
  readonly alias: string
  readonly target: SshTarget | undefined
}

/** All hosts', because the file of pinned keys that they share is written whole. */
export async function linksOf(session: Session): Promise<readonly HostLink[]> {
  const { hosts, people } = session.desired.environment
  const { stateDir } = session.providerContext
  const own = people.length > 0 ? await inFiles(await ownKeys(), people, stateDir) : []
  const found = await Promise.all(hosts.map((host) => wayInto(session, host, own)))
  const pinned = found.flatMap(({ alias, target }) => (target ? [{ alias, target }] : []))
  const knownHosts = await writeKnownHosts(stateDir, pinned)
  return found.map(({ alias, target, ...rest }) => ({
    ...rest,
    link: target && { alias, target, knownHosts },
  }))
}

/** Writes the pinned keys anew for those whose ssh reads them; where nobody asked for them there is no file. */
export async function renewKnownHosts(session: Session): Promise<void> {
  if (existsSync(knownHostsIn(session.providerContext.stateDir))) await linksOf(session)
}

/** A person's own, so that the host's log says who it was; else the one of copse itself. */
async function wayInto(session: Session, host: Host, own: readonly NamedKey[]): Promise<Found> {
  const { provider, providerContext, desired } = session
  const { domain, people } = desired.environment
  const person = wayOfPerson(desiredHost(desired, host.name), people, own)
  const known = { host, alias: `${host.machine}.${domain}`, person }
  try {
    if (!person) return { ...known, target: await provider.target(providerContext, host), trouble: undefined }
    const door = await provider.door(providerContext, host)
    const target = { ...door, user: person.user, identityFile: person.key.file }
    return { ...known, target, trouble: undefined }
  } catch (trouble) {
    if (trouble instanceof CopseError) return { ...known, target: undefined, trouble }
    throw trouble
  }
}

/** Those of people, each in a file: a public key in one tells OpenSSH which of an agent's keys is meant. */
async function inFiles(
  own: readonly OwnKey[],
  people: readonly Person[],
  stateDir: string,
): Promise<readonly NamedKey[]> {
  const wanted = new Set(people.flatMap(({ keys }) => keys.map(keyIn)))
  const named: NamedKey[] = []
  for (const { line, file } of own.filter((key) => wanted.has(key.line)))
    named.push({ line, file: file ?? (await writeKey(line, stateDir)) })
  return named
}

async function writeKey(line: string, stateDir: string): Promise<string> {
  await mkdir(stateDir, { recursive: true, mode: 0o700 })
  const file = join(stateDir, `own-${sha256(line).slice(0, 8)}.pub`)
  await replaceFile(file, `${line}\n`)
  return file
}
