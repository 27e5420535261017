/** Published ports as a table. Pure. */
import type { PublishChange } from '../machines/provider.ts'
import type { Paint } from './paint.ts'
import { printableLine } from './printable.ts'
import type { PublishedPort } from './published-ports.ts'
import { renderTable } from './table.ts'

export interface PublishedView {
  readonly environment: string
  readonly addresses: readonly string[]
  readonly ports: readonly PublishedPort[]
  /** Published still, and no longer wanted. */
  readonly stale: readonly PublishChange[]
}

/** A row per port, then where they are. */
export function renderPublished(
  { environment, addresses, ports, stale }: PublishedView,
  paint: Paint,
): string {
  if (ports.length + stale.length === 0) return `${environment} publishes nothing.\n`
  const mark = (ok: boolean) => paint(ok ? 'good' : 'bad', ok ? '✓' : '✗')
  const rows = ports.map(({ port, protocol, to, address, from, ok, detail }) => [
    `${mark(ok)} ${port}/${protocol}`,
    to,
    address,
    from.length === 0 ? 'for anybody' : `for ${from.join(', ')}`,
    printableLine(detail),
  ])
  const others = stale.map(({ port, why }) => [`${mark(false)} ${port}`, '', '', '', why])
  const where = addresses.length > 0 ? addresses.join(', ') : 'no address: the box has none but its own'
  const isWell = ports.every(({ ok }) => ok) && stale.length === 0
  const next = isWell ? '' : `   next: copse up ${environment}`
  return `${renderTable([...rows, ...others])}At ${where}, asked by the box itself.${next}\n`
}
