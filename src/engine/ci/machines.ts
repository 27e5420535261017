/** The machines that `copse ci run --machines` makes anew. Pure. */
import { CopseError } from '../../lib/errors.ts'
import type { Desired } from '../../model/desired.ts'
import { rolloutOf } from '../rollout.ts'

/** The hosts that apps run on. Throws CopseError `refused` where one of them could not be missed for a while. */
export function machinesOfApps(desired: Desired): readonly string[] {
  const { name, hosts, apps } = desired.environment
  const running = hosts
    .map((host) => host.name)
    .filter((host) => apps.some((app) => app.hosts.includes(host)))
  for (const host of running) {
    const only = apps.find((app) => app.hosts.includes(host) && app.hosts.length === 1)
    const why = only
      ? `${only.name} runs there alone`
      : rolloutOf(desired, host).balancers.length === 0 &&
        'no balancer sends its requests elsewhere meanwhile'
    if (why)
      throw new CopseError('refused', `making ${host} anew would interrupt what it serves: ${why}`, {
        hint: `where that is meant: copse rebuild ${name} ${host}`,
      })
  }
  return running
}
