/** The ways into an environment's hosts, as people's own `ssh` takes them. */
import { existsSync } from 'node:fs'
import type { Session } from '../engine/session.ts'
import { CopseError } from '../lib/errors.ts'
import type { Host } from '../model/environment.ts'
import { knownHostsIn, writeKnownHosts } from '../transports/ssh/arguments.ts'
import type { SshLink } from '../transports/ssh/options.ts'

/** A host with its way in; undefined where there is none yet: its machine does not exist. */
export interface HostLink {
  readonly host: Host
  readonly link: SshLink | undefined
}

/** All hosts', because the file of pinned keys that they share is written whole. */
export async function linksOf({ desired, provider, providerContext }: Session): Promise<readonly HostLink[]> {
  const { hosts, domain } = desired.environment
  const found = await Promise.all(
    hosts.map(async (host) => ({
      host,
      alias: `${host.machine}.${domain}`,
      target: await provider.target(providerContext, host).catch(absentWhenExpected),
    })),
  )
  const pinned = found.flatMap(({ alias, target }) => (target ? [{ alias, target }] : []))
  const knownHosts = await writeKnownHosts(providerContext.stateDir, pinned)
  return found.map(({ host, alias, target }) => ({
    host,
    link: target && { alias, target, knownHosts },
  }))
}

/** Writes the pinned keys anew for those whose ssh reads them; where nobody asked for them there is no file. */
export async function renewKnownHosts(session: Session): Promise<void> {
  if (existsSync(knownHostsIn(session.providerContext.stateDir))) await linksOf(session)
}

function absentWhenExpected(error: unknown): undefined {
  if (!(error instanceof CopseError)) throw error
}
