/** Which questions a host asks for monitoring. Pure. */
import type { Host } from '../model/environment.ts'
import type { Probe } from '../model/probe.ts'

/**
 * Those that are asked from there; and what an operator asks about it the host asks itself, at its own address, since the
 * operator's machine watches nothing. That something is closed to operators only an operator can see.
 */
export function asksOf({ name }: Host, probes: readonly Probe[]): readonly Probe[] {
  const own = probes.flatMap((probe) => {
    if (probe.isMonitored === false) return []
    if (probe.from !== 'operator') return probe.from.host === name ? [probe] : []
    return probe.to === name && probe.expect === 'answers' ? [{ ...probe, from: { host: name } }] : []
  })
  return [...new Map(own.map((probe) => [`${probe.name}\t${probe.to}\t${probe.expect}`, probe])).values()]
}
