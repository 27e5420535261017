/** Forwarding between the box's networks, which an engine switches on with its first bridge and never off again. */
import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { readBox, writeBox } from './box.ts'
import type { Engine } from './engine.ts'

/** The kernel sets the second whenever the first changes, so it is put back after it. */
const settings = ['net/ipv4/ip_forward', 'net/ipv4/conf/all/accept_redirects']

/** Remembers what it was where it was off. Call it before the first bridge, under the box's lock. */
export async function noteForwarding(engine: Engine): Promise<void> {
  const box = await readBox(engine)
  if (box.forwarding) return
  const found = await Promise.all(settings.map((name) => readFile(`/proc/sys/${name}`, 'utf8')))
  const forwarding = Object.fromEntries(settings.map((name, index) => [name, found[index]?.trim() ?? '']))
  if (forwarding['net/ipv4/ip_forward'] === '0') await writeBox(engine, { ...box, forwarding })
}

/** Switches it off again where copse's bridge was why it went on, unless another bridge may live by it. */
export async function restoreForwarding(engine: Engine): Promise<void> {
  const { forwarding, ...box } = await readBox(engine)
  if (!forwarding) return
  if (!(await hasBridge()))
    for (const name of settings) await writeFile(`/proc/sys/${name}`, forwarding[name] ?? '')
  await writeBox(engine, box)
}

/** Of whichever engine: LXD, Incus, Docker, libvirt. */
async function hasBridge(): Promise<boolean> {
  const names = await readdir('/sys/class/net')
  return names.some((name) => existsSync(`/sys/class/net/${name}/bridge`))
}
