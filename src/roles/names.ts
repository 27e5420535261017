/** The names under which a host is known in its zone. */
import type { Environment, Host } from 'copse'

/** Relative to the zone, the machine's own first: `devlb`, `lb`, `www`. */
export function labelsOf(host: Host): readonly string[] {
  return [...new Set([host.machine, host.name, ...host.names])]
}

/** The same in full: what whoever connects to it may call it. */
export function namesOf({ domain }: Pick<Environment, 'domain'>, host: Host): readonly string[] {
  return labelsOf(host).map((label) => `${label}.${domain}`)
}
