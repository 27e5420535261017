/** Waits until the SSH server of a machine says who it is. */
import { setTimeout as sleep } from 'node:timers/promises'
import { CopseError } from '../../lib/errors.ts'
import type { Host } from '../../model/environment.ts'
import { Instance } from './api.ts'
import type { Client } from './client.ts'
import { inotifyLimit } from './inotify.ts'

/** Seconds. */
const longestLook = 10

export interface Awaited {
  /** The instance's name. */
  readonly name: string
  readonly host: Pick<Host, 'machine' | 'address'>
  readonly signal: AbortSignal
  readonly seconds?: number
}

export async function untilSshAnswers(client: Client, awaited: Awaited): Promise<void> {
  const { name, host, signal, seconds = 60 } = awaited
  const deadline = performance.now() + seconds * 1000
  for (let turn = 1; performance.now() < deadline; turn++) {
    if (signal.aborted) throw new CopseError('interrupted', `interrupted while ${host.machine} booted`)
    // On a busy box even a client takes seconds to start: each look is given longer than the one before.
    if (await client.engine.box.greets(host.address, Math.min(turn, longestLook))) return
    // A start can succeed although the machine's init dies right after it.
    if (turn % 10 === 0) await refuseDead(client, awaited)
    await sleep(50)
  }
  throw new CopseError(
    'failed',
    `${host.machine} booted, but its SSH server at ${host.address} did not answer within ${seconds} s`,
    { hint: `look inside: ${client.engine.product.client} exec ${name} -- systemctl --failed` },
  )
}

async function refuseDead(client: Client, { name, host }: Awaited): Promise<void> {
  const instance = await client.read(`/1.0/instances/${name}`, Instance)
  if (instance?.status === 'Running') return
  const limit = await inotifyLimit(client.engine.box)
  const { client: tool } = client.engine.product
  throw new CopseError(
    'failed',
    `${host.machine} did not boot: it is ${instance?.status ?? 'gone'} right after its start; the usual reason is that all ${limit} inotify instances of the box are taken`,
    {
      hint: `sysctl -w fs.inotify.max_user_instances=${limit * 4}, else read: ${tool} info ${name} --show-log`,
    },
  )
}
