/** The hosts of an environment as a table. Pure. */
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
  const head = ['HOST', 'MACHINE', 'ADDRESS', 'STATE', 'ROLES', ...facts]
  const rows = hosts.map((host) => [
    host.host,
    host.machine,
    host.address,
    paint(host.state === 'running' ? 'good' : 'bad', host.state),
    host.roles.join(' '),
    ...(isVerbose ? factCells(host) : []),
  ])
  return renderTable([head, ...rows]) + troubles(hosts)
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
