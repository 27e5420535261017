/** The state of every machine of an environment. Changes nothing, and needs no engine where nothing was ever made. */
import type { Machine } from '../provider.ts'
import type { BoxContext } from './box.ts'
import { connect } from './client.ts'
import { readRefusal } from './holding.ts'
import { readInstances, stateOf, strangers } from './instances.ts'
import { pinnedHosts } from './pins.ts'
import { reach } from './reach.ts'

export async function listMachines(context: BoxContext): Promise<readonly Machine[]> {
  const { environment, signal, stateDir, box } = context
  const found = await reach(box, signal)
  if (found.state === 'answers') {
    const client = connect(found.engine, signal)
    const [instances, refusal] = await Promise.all([readInstances(client), readRefusal(client, context)])
    if (refusal)
      return environment.hosts.map(({ name }) => ({ host: name, state: 'foreign' as const, ...refusal }))
    return [
      ...environment.hosts.map((host) => stateOf(instances, context, host)),
      ...strangers(instances, context),
    ]
  }
  // Without an engine nothing is known of machines that were made; hosts that were never made are surely absent.
  const made = await pinnedHosts(stateDir)
  const detail = found.state === 'silent' ? found.trouble.message : 'the container engine does not run'
  const names = new Set([...environment.hosts.map(({ name }) => name), ...made])
  return [...names].map((host) =>
    made.includes(host) || found.state === 'silent'
      ? { host, state: 'unknown', detail }
      : { host, state: 'absent' },
  )
}
