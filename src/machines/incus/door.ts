/** Where a machine's sshd is and which key it has, also for those who do not hold the way in. */
import { CopseError } from '../../lib/errors.ts'
import type { Host } from '../../model/environment.ts'
import type { SshTarget } from '../../transports/ssh-target.ts'
import type { ProviderContext } from '../provider.ts'
import { readHostKey } from './adopt.ts'
import type { BoxContext } from './box.ts'
import { connect } from './client.ts'
import { readRefusal } from './holding.ts'
import { machineAt, readInstances } from './instances.ts'
import { readPin } from './pins.ts'
import { reach } from './reach.ts'

/** The engine knows the key of the machine that is there now; without it the last one that was pinned here counts. */
export async function doorOf(context: BoxContext, host: Host): Promise<SshTarget> {
  const hostKey = (await keyInEngine(context, host)) ?? (await readPin(context.stateDir, host.name))?.hostKey
  if (hostKey === undefined) throw await whyNoPin(context, host)
  return { address: host.address, port: 22, hostKey }
}

async function keyInEngine(context: BoxContext, host: Host): Promise<string | undefined> {
  const found = await reach(context.box, context.signal)
  if (found.state !== 'answers') return undefined
  const client = connect(found.engine, context.signal)
  const machine = machineAt(await readInstances(client), context, host)
  return machine && readHostKey(client, machine.name)
}

/** Why nothing is known here of a host's machine. */
export async function whyNoPin(context: BoxContext, host: Host): Promise<CopseError> {
  const { environment, signal, stateDir, box } = context
  const found = await reach(box, signal)
  if (found.state === 'silent') return noKeys(host, `, and ${found.trouble.message}`, found.trouble.hint)
  if (found.state === 'down') return absent(context, host)
  const client = connect(found.engine, signal)
  const refusal = await readRefusal(client, context)
  if (refusal) return new CopseError('refused', `${host.name}: ${refusal.detail}`, { hint: refusal.hint })
  if (!machineAt(await readInstances(client), context, host)) return absent(context, host)
  return noKeys(host, ` in ${stateDir}`, `copse adopt ${environment.name}`)
}

function noKeys(host: Host, why: string, hint = 'copse doctor'): CopseError {
  return new CopseError('failed', `there are no keys to ${host.name}${why}`, { hint })
}

function absent({ environment }: ProviderContext, host: Host): CopseError {
  return new CopseError('failed', `the machine of ${host.name} does not exist`, {
    hint: `copse up ${environment.name}`,
  })
}
