/** What an environment looks like now: one line per host. */
import { CopseError } from '../lib/errors.ts'
import { Unreachable } from '../transports/transport.ts'
import { observe } from './observe.ts'
import type { ReadSession } from './session.ts'

export interface HostStatus {
  readonly host: string
  readonly machine: string
  readonly address: string
  /** The machine's state; `silent` when it runs and does not answer. */
  readonly state: 'running' | 'stopped' | 'absent' | 'foreign' | 'unknown' | 'silent'
  readonly roles: readonly string[]
  /** os, kernel, systemd, boot, uptime, run; empty when it does not answer. */
  readonly facts: Readonly<Record<string, string>>
  /** Things that copse owns there. */
  readonly owned: number
  readonly detail?: string | undefined
  readonly hint?: string | undefined
}

export async function status(session: ReadSession): Promise<readonly HostStatus[]> {
  const machines = await session.provider.list(session.providerContext)
  return Promise.all(
    session.desired.environment.hosts.map(async (host): Promise<HostStatus> => {
      const machine = machines.find((candidate) => candidate.host === host.name)
      const base = {
        host: host.name,
        machine: host.machine,
        address: host.address,
        roles: host.roles,
        facts: {},
        owned: 0,
      }
      if (machine?.state !== 'running')
        return { ...base, state: machine?.state ?? 'absent', detail: machine?.detail, hint: machine?.hint }
      try {
        const { facts, owned } = await session.atOnce(async () =>
          observe(await session.reader(host.name), [], { signal: session.context.signal, waitMs: 0 }),
        )
        return { ...base, state: 'running', facts, owned: owned.length }
      } catch (error) {
        if (error instanceof Unreachable || error instanceof CopseError)
          return { ...base, state: 'silent', detail: error.message }
        throw error
      }
    }),
  )
}
