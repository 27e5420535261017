/** How long it takes to re-provision, beside the engine's own time. Only worth something on a box with nothing else to do. */
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { networkUnit } from '../../../src/machines/incus/guest-files.ts'
import type { Engine } from './trouble.ts'
import type { World } from './world.ts'

export function figures(world: () => World, { engine, instance }: Engine): void {
  const timed = async (...words: string[]) => {
    const { code, stderr, ms } = await world().copse(...words)
    expect(code, stderr).toBe(0)
    return ms
  }

  test('the engine alone, from a golden image to an SSH server that greets', {
    timeout: 120_000,
  }, async () => {
    const address = world().address('web1').replace(/\d+$/, '99')
    const [image] = (await engine('list', '--format', 'csv', '-c', 'n')).match(/^copse-golden-.*$/gm) ?? []
    const bridge = await engine('config', 'device', 'get', await instance('web1'), 'eth0', 'network')
    const machine = { image: image ?? expect.fail('there is no golden image'), bridge, address }
    await median('engine alone', 5, () => byHand(engine, machine))
  })

  test('rebuild is verified again in under 8 s', { timeout: 120_000 }, async () => {
    expect(await median('rebuild', 5, () => timed('rebuild', 'dev', 'web1', '--yes'))).toBeLessThan(8000)
  })

  test('up finds that nothing differs in under 4 s, and verify asks all probes in under 25 s', {
    timeout: 120_000,
  }, async () => {
    expect(await median('up again', 3, () => timed('up', 'dev'))).toBeLessThan(4000)
    expect(await median('verify', 3, () => timed('verify', 'dev'))).toBeLessThan(25_000)
  })

  test('the whole office, destroyed and made again, in under 45 s', { timeout: 480_000 }, async () => {
    const anew = async () => (await timed('destroy', 'dev', '--yes')) + (await timed('up', 'dev'))
    expect(await median('destroy and up', 3, anew)).toBeLessThan(45_000)
  })
}

async function median(what: string, runs: number, measure: () => Promise<number>): Promise<number> {
  const all: number[] = []
  for (let run = 0; run < runs; run++) all.push(await measure())
  const sorted = all.toSorted((a, b) => a - b)
  console.info(`${what}: ${sorted.join(' ')} ms`)
  return sorted[Math.floor(runs / 2)] ?? Number.NaN
}

interface Machine {
  readonly image: string
  readonly bridge: string
  readonly address: string
}

/** Milliseconds that it takes with the least that such a machine needs: its place, its address and a host key. */
async function byHand(engine: Engine['engine'], { image, bridge, address }: Machine): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), 'by-hand-'))
  const [key, network] = [join(directory, 'key'), join(directory, 'network')]
  await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key])
  await writeFile(network, networkOf(address))
  const name = 'by-hand'
  // With an interface of another address each time it would take the box half a minute to find it.
  const hardware = 'hwaddr=00:16:3e:00:00:63'
  const nic = ['eth0', 'nic', 'name=eth0', `network=${bridge}`, `ipv4.address=${address}`, hardware]
  try {
    const began = performance.now()
    await engine('copy', image, name)
    await engine('config', 'device', 'add', name, ...nic)
    // It is to have these files, and not those of the machine that became the image.
    await engine('query', '--request', 'PUT', '--data', '{}', `/1.0/instances/${name}/metadata`)
    await engine('file', 'push', '--mode=0600', key, `${name}/etc/ssh/ssh_host_ed25519_key`)
    await engine('file', 'push', network, `${name}${networkUnit}`)
    await engine('start', name)
    while (!(await greets(address))) await sleep(50)
    return Math.round(performance.now() - began)
  } finally {
    await engine('delete', '--force', name)
    await rm(directory, { recursive: true })
  }
}

function networkOf(address: string): string {
  const set = `ip address replace ${address}/24 dev eth0 && ip link set eth0 up`
  return `[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/sh -c '${set}'\n`
}

async function greets(host: string): Promise<boolean> {
  const socket = connect({ host, port: 22 })
  try {
    const [piece] = await once(socket, 'data')
    return String(piece).startsWith('SSH-')
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
