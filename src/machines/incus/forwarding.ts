/** Forwarding between the box's networks, which an engine switches on with its first bridge and never off again. */
import type { Box } from './box.ts'
import { readBox, writeBox } from './box-journal.ts'
import type { Engine } from './engine.ts'

/** The kernel sets the second whenever the first changes, so it is put back after it. */
const settings = ['net/ipv4/ip_forward', 'net/ipv4/conf/all/accept_redirects']

/** Remembers what it was where it was off. Call it before the first bridge, under the box's lock. */
export async function noteForwarding(engine: Engine): Promise<void> {
  const journal = await readBox(engine)
  if (journal.forwarding) return
  const found = await Promise.all(settings.map((name) => engine.box.read(`/proc/sys/${name}`)))
  const forwarding = Object.fromEntries(settings.map((name, index) => [name, found[index]?.trim() ?? '']))
  if (forwarding['net/ipv4/ip_forward'] === '0') await writeBox(engine, { ...journal, forwarding })
}

/** Switches it off again where copse's bridge was why it went on, unless another bridge may live by it. */
export async function restoreForwarding(engine: Engine): Promise<void> {
  const { forwarding, ...journal } = await readBox(engine)
  if (!forwarding) return
  if (!(await hasBridge(engine.box)))
    for (const name of settings) await engine.box.write(`/proc/sys/${name}`, forwarding[name] ?? '')
  await writeBox(engine, journal)
}

/** Of whichever engine: LXD, Incus, Docker, libvirt. */
async function hasBridge(box: Box): Promise<boolean> {
  const names = await box.list('/sys/class/net')
  const isBridge = await Promise.all(names.map((name) => box.exists(`/sys/class/net/${name}/bridge`)))
  return isBridge.includes(true)
}
