/** The engine's values as the JSON documents that scripts read. Pure. */
import type { z } from 'zod'
import type { Build } from '../engine/ci/builds.ts'
import type { Outcome } from '../engine/events.ts'
import type { LastVerdicts } from '../engine/last-verdicts.ts'
import { type MachineChange, type Plan, type PlannedChange, summarise } from '../engine/plan-types.ts'
import type { UpReport } from '../engine/report.ts'
import type { HostStatus } from '../engine/status.ts'
import type { Environment } from '../model/environment.ts'
import type { Verdict } from '../model/probe.ts'
import type { documents } from './schemas.ts'
import { pagesOf } from './where-to-look.ts'

type Document<Name extends keyof typeof documents> = z.input<(typeof documents)[Name]>

/** Machine changes come first among their host's; a machine without a host in the plan gets an entry of its own. */
export function planDocument(plan: Plan): Document<'plan'> {
  const planned = plan.hosts.map((host) => ({
    host: host.host,
    state: host.state,
    reachable: host.state === 'observed',
    ...(host.state === 'unreachable' ? { detail: host.detail } : {}),
    changes: [
      ...plan.machines.filter((machine) => machine.host === host.host).map(machineEntry),
      ...(host.state === 'unreachable' ? [] : host.changes.map(changeEntry)),
    ],
  }))
  const strangers = plan.machines.filter((machine) => !plan.hosts.some(({ host }) => host === machine.host))
  return {
    environment: plan.environment,
    summary: summarise(plan),
    hosts: [
      ...planned,
      ...strangers.map((machine) => ({
        host: machine.host,
        state: 'absent' as const,
        reachable: false,
        changes: [machineEntry(machine)],
      })),
    ],
  }
}

function machineEntry({ machine, action, why }: MachineChange) {
  return { resource: 'machine', key: machine, action, why }
}

function changeEntry({ kind, key, action, why }: PlannedChange) {
  return { resource: kind, key, action, why: why.join('; ') }
}

/** Verdicts, counted. */
export function verifyDocument(environment: string, verdicts: readonly Verdict[]): Document<'verify'> {
  const passed = verdicts.filter(({ ok }) => ok).length
  return { environment, passed, failed: verdicts.length - passed, verdicts: verdicts.map(verdictEntry) }
}

/** Verdicts as mutable copies, as schemas take them. */
export function verdictEntries(verdicts: readonly Verdict[]): Document<'verify'>['verdicts'] {
  return verdicts.map(verdictEntry)
}

function verdictEntry({ probe, ok, ms, detail }: Verdict) {
  const from = probe.from === 'operator' ? 'operator' : probe.from.host
  return { probe: probe.name, from, to: probe.to, expect: probe.expect, ok, ms, detail }
}

/** What hosts say of themselves, with what they found when they last asked their probes. */
export function statusDocument(environment: string, found: readonly HostStatus[]): Document<'status'> {
  const hosts = found.map(({ owned: _owned, monitoring, ...host }) => ({
    ...host,
    roles: [...host.roles],
    apps: host.apps.map((one) => ({ ...one })),
    facts: { ...host.facts },
    monitoring: monitoring && monitoringEntry(monitoring),
  }))
  return { environment, hosts }
}

function monitoringEntry({ age, isStale, green, red }: LastVerdicts) {
  return { age, stale: isStale, green, red: red.map((verdict) => ({ ...verdict })) }
}

/** A whole run. */
export function upDocument(environment: Environment, report: UpReport, ms: number): Document<'up'> {
  return {
    environment: environment.name,
    ms: Math.round(ms),
    summary: summarise(report.plan),
    outcomes: outcomeEntries(report.outcomes),
    verdicts: report.verdicts.map(verdictEntry),
    pages: [...pagesOf(environment)],
  }
}

/** Outcomes as mutable copies, as schemas take them. */
export function outcomeEntries(outcomes: readonly Outcome[]): Document<'destroy'>['outcomes'] {
  return outcomes.map((outcome) => ({ ...outcome }))
}

/** Builds of the CI server, and those that were run here. */
export function buildEntries(builds: readonly Build[]): Document<'ci status'>['builds'] {
  return builds.map(({ job, number, branch, commit, result, started, seconds, tests, url }) => ({
    ...{ job, number, branch, commit, result, seconds, url },
    started: started.toISOString(),
    ...(tests ? { tests: { ...tests, names: [...tests.names] } } : {}),
  }))
}
