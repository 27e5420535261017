/** The names under which a host is known in its zone. */
import type { Host } from 'copse'

/** Relative to the zone, the machine's own first: `devlb`, `lb`, `www`. */
export function labelsOf(host: Host): readonly string[] {
  return [...new Set([host.machine, host.name, ...host.names])]
}
