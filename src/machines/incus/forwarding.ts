/** Forwarding between the box's networks, which an engine switches on with its first bridge and never off again. */
import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { readBox, writeBox } from './box.ts'
import type { Engine } from './engine.ts'

const file = '/proc/sys/net/ipv4/ip_forward'

/** Remembers that it was off. Call it before the first bridge, under the box's lock. */
export async function noteForwarding(engine: Engine): Promise<void> {
  const box = await readBox(engine)
  const forwarding = (await readFile(file, 'utf8')).trim()
  if (forwarding === '0' && box.forwarding === undefined) await writeBox(engine, { ...box, forwarding })
}

/** Switches it off again where copse's bridge was why it went on, unless another bridge may live by it. */
export async function restoreForwarding(engine: Engine): Promise<void> {
  const { forwarding, ...box } = await readBox(engine)
  if (forwarding === undefined) return
  if (!(await hasBridge())) await writeFile(file, forwarding)
  await writeBox(engine, box)
}

/** Of whichever engine: LXD, Incus, Docker, libvirt. */
async function hasBridge(): Promise<boolean> {
  const names = await readdir('/sys/class/net')
  return names.some((name) => existsSync(`/sys/class/net/${name}/bridge`))
}
