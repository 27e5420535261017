/** Every kind of probe, by name, and the builders that roles use; a new kind is one file and a line in each list. */
import { ciKind, ciProbe } from './ci.ts'
import { commandKind, commandProbe } from './command.ts'
import { dnsKind, dnsProbe } from './dns.ts'
import { httpKind, httpProbe } from './http.ts'
import type { ProbeKind } from './kind.ts'
import { logKeptKind, logKeptProbe } from './log-kept.ts'
import { logSentKind, logSentProbe } from './log-sent.ts'
import { postgresKind, postgresProbe } from './postgres.ts'
import { statsdKind, statsdProbe } from './statsd.ts'
import { tcpKind, tcpProbe } from './tcp.ts'
import { tlsKind, tlsProbe } from './tls.ts'
import { undeclaredKind, undeclaredProbe } from './undeclared.ts'
import { unitKind, unitProbe } from './unit.ts'

const kinds: readonly ProbeKind[] = [
  unitKind,
  tcpKind,
  undeclaredKind,
  httpKind,
  dnsKind,
  tlsKind,
  statsdKind,
  logSentKind,
  logKeptKind,
  postgresKind,
  commandKind,
  ciKind,
]

/** All that this version knows. */
export function allProbeKinds(): readonly ProbeKind[] {
  return kinds
}

/** Finds a kind by name; undefined for a name that this version does not know. */
export function probeKindNamed(name: string): ProbeKind | undefined {
  return kinds.find((kind) => kind.name === name)
}

/** Makes probes; the first argument is the host that is asked about. */
export const probe = {
  ci: ciProbe,
  command: commandProbe,
  dns: dnsProbe,
  http: httpProbe,
  logKept: logKeptProbe,
  logSent: logSentProbe,
  postgres: postgresProbe,
  statsd: statsdProbe,
  tcp: tcpProbe,
  tls: tlsProbe,
  undeclared: undeclaredProbe,
  unit: unitProbe,
} as const
