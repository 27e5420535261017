/** What an environment looks like now: one line per host. */
import { CopseError } from '../lib/errors.ts'
import type { Host } from '../model/environment.ts'
import { Unreachable } from '../transports/transport.ts'
import { type LastVerdicts, lastVerdicts } from './last-verdicts.ts'
import { observe } from './observe.ts'
import type { ReadSession } from './session.ts'

export interface HostStatus {
  readonly host: string
  readonly machine: string
  readonly address: string
  /** The machine's state; `silent` when it runs and does not answer. */
  readonly state: 'running' | 'stopped' | 'absent' | 'foreign' | 'unknown' | 'silent'
  readonly roles: readonly string[]
  /** Apps with the release that runs there. */
  readonly apps: readonly { readonly app: string; readonly release: number }[]
  /** os, kernel, systemd, boot, uptime, run; empty when it does not answer. */
  readonly facts: Readonly<Record<string, string>>
  /** Things that copse owns there. */
  readonly owned: number
  /** What it found when it last asked its probes by itself; undefined where it does not. */
  readonly monitoring?: LastVerdicts | undefined
  readonly detail?: string | undefined
  readonly hint?: string | undefined
}

export async function status(session: ReadSession): Promise<readonly HostStatus[]> {
  const machines = await session.provider.list(session.providerContext)
  if (session.desired.environment.apps.length > 0) await session.releases.look(session, machines)
  return Promise.all(
    session.desired.environment.hosts.map(async (host): Promise<HostStatus> => {
      const machine = machines.find((candidate) => candidate.host === host.name)
      const base = {
        host: host.name,
        machine: host.machine,
        address: host.address,
        roles: host.roles.filter((role) => !isApp(session, role)),
        apps: session.releases.sightings
          .filter((one) => one.host === host.name && one.present > 0)
          .map(({ app, number }) => ({ app, release: number })),
        facts: {},
        owned: 0,
      }
      if (machine?.state !== 'running')
        return { ...base, state: machine?.state ?? 'absent', detail: machine?.detail, hint: machine?.hint }
      try {
        return { ...base, ...(await session.atOnce(() => lookAt(session, host))), state: 'running' }
      } catch (error) {
        if (error instanceof Unreachable || error instanceof CopseError)
          return { ...base, state: 'silent', detail: error.message }
        throw error
      }
    }),
  )
}

function isApp({ desired }: ReadSession, role: string): boolean {
  return desired.environment.apps.some(({ name }) => name === role)
}

async function lookAt(
  { reader, secrets, context: { signal } }: ReadSession,
  { name, isMonitored }: Host,
): Promise<Pick<HostStatus, 'facts' | 'owned' | 'monitoring'>> {
  const way = await reader(name)
  const { facts, owned } = await observe(way, [], { signal, waitMs: 0 })
  const { conceal } = await secrets.known()
  // What it found before it was told to ask no longer is no verdict.
  const monitoring = isMonitored ? await lastVerdicts(way, signal, conceal) : undefined
  return { facts, owned: owned.length, monitoring }
}
