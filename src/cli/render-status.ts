/** The hosts of an environment as a table. Pure. */
import type { LastVerdicts } from '../engine/last-verdicts.ts'
import type { HostStatus } from '../engine/status.ts'
import type { Paint } from './paint.ts'
import { printableLine } from './printable.ts'
import { renderTable } from './table.ts'

/** A row per host; `isVerbose` adds what each system says of itself. */
export function renderStatus(
  hosts: readonly HostStatus[],
  { paint, isVerbose }: { readonly paint: Paint; readonly isVerbose: boolean },
): string {
  const facts = isVerbose ? ['SYSTEM', 'KERNEL', 'UP', 'OWNED', 'LAST RUN'] : []
  const probes = hosts.some(({ monitoring }) => monitoring !== undefined) ? ['PROBES'] : []
  const apps = hosts.some((host) => host.apps.length > 0) ? ['APPS'] : []
  const head = ['HOST', 'MACHINE', 'ADDRESS', 'STATE', 'ROLES', ...apps, ...probes, ...facts]
  const rows = hosts.map((host) => [
    host.host,
    host.machine,
    host.address,
    paint(host.state === 'running' ? 'good' : 'bad', host.state),
    host.roles.join(' '),
    ...apps.map(() => host.apps.map(({ app, release }) => `${app} ${release}`).join(', ') || '-'),
    ...probes.map(() => probesCell(host.monitoring, paint)),
    ...(isVerbose ? factCells(host) : []),
  ])
  return renderTable([head, ...rows]) + reds(hosts, paint) + troubles(hosts)
}

/** `11 of 12 green, 20 s ago`. */
function probesCell(monitoring: LastVerdicts | undefined, paint: Paint): string {
  if (!monitoring) return '-'
  const { age, isStale, green, red } = monitoring
  const said = `${green} of ${green + red.length} green, ${since(age)} ago`
  return paint(isStale || red.length > 0 ? 'bad' : 'good', isStale ? `stale: ${said}` : said)
}

/** A line for each probe that is red, from the host that asks it. */
function reds(hosts: readonly HostStatus[], paint: Paint): string {
  const lines = hosts.flatMap(({ host, monitoring }) =>
    (monitoring?.red ?? []).map(({ probe, to, expect, seconds, detail }) => {
      const words = [
        probe,
        ...(to === host ? [] : [`of ${to}`]),
        ...(expect === 'closed' ? ['(must be closed)'] : []),
      ]
      const state = monitoring?.isStale ? 'was red' : `red for ${since(seconds)}`
      return `${paint('bad', '✗')} ${host}: ${printableLine(words.join(' '))} ${state}: ${printableLine(detail)}\n`
    }),
  )
  return lines.join('')
}

/** `20 s`, and what is longer as days, hours and minutes. */
function since(seconds: number): string {
  return seconds < 100 ? `${Math.max(0, seconds)} s` : days(seconds)
}

/** What several have in common is said once. */
function troubles(hosts: readonly HostStatus[]): string {
  const inTrouble = hosts.filter(({ detail }) => detail !== undefined)
  const alike = Map.groupBy(inTrouble, ({ detail = '', hint }) =>
    [printableLine(detail), ...(hint === undefined ? [] : [`  ${printableLine(hint)}`])].join('\n'),
  )
  return [...alike].map(([text, those]) => `${those.map(({ host }) => host).join(', ')}: ${text}\n`).join('')
}

function factCells({ facts, owned }: HostStatus): readonly string[] {
  const { os = '-', kernel = '-', uptime, run = '-' } = facts
  return [os, kernel, uptime === undefined ? '-' : days(Number(uptime)), String(owned), run].map(
    printableLine,
  )
}

/** `3 d 4 h`, `4 h 5 min`, `5 min`. */
function days(seconds: number): string {
  const minutes = Math.floor(seconds / 60)
  const hours = Math.floor(minutes / 60)
  if (hours >= 24) return `${Math.floor(hours / 24)} d ${hours % 24} h`
  return hours > 0 ? `${hours} h ${minutes % 60} min` : `${minutes} min`
}
