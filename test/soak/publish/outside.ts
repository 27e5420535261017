/** Somebody outside of this box: a network namespace behind a link of its own, with the box as its way to everywhere. */
import { execa } from 'execa'
import { claimSubnet } from '../../fixture/subnets.ts'
import { scanFrom } from '../../system/office/scan.ts'

export interface Outside extends AsyncDisposable {
  readonly network: string
  /** Its own address. */
  readonly address: string
  /** The box's, as it is known there. */
  readonly box: string
  /** Runs a program there and answers what it printed. */
  run(file: string, ...args: readonly string[]): Promise<string>
  /** `10.61.0.20:80` for each TCP port that answers. */
  scan(targets: readonly string[], ports: string): Promise<readonly string[]>
}

/** The namespace has no name: it ends with the process that it is of, and the link with it. */
export async function makeOutside(): Promise<Outside> {
  const subnet = await claimSubnet()
  const [box, address] = [`${subnet.net}.1`, `${subnet.net}.2`]
  const sleeper = execa('unshare', ['-n', 'sh', '-c', 'echo ready; exec sleep infinity'], { reject: false })
  await sleeper.stdout[Symbol.asyncIterator]().next()
  const within = ['--target', String(sleeper.pid), '--net']
  const run = async (file: string, ...args: readonly string[]) =>
    (await execa('nsenter', [...within, file, ...args], { timeout: 600_000 })).stdout
  const device = `out${subnet.net.replaceAll('.', 'x')}`
  const ip = (...words: readonly string[]) => execa('ip', words)
  await ip('link', 'add', device, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(sleeper.pid))
  await ip('address', 'add', `${box}/24`, 'dev', device)
  await ip('link', 'set', device, 'up')
  await run('ip', 'address', 'add', `${address}/24`, 'dev', 'eth0')
  await run('ip', 'link', 'set', 'eth0', 'up')
  await run('ip', 'route', 'add', 'default', 'via', box)
  return {
    network: `${subnet.net}.0/24`,
    address,
    box,
    run,
    scan: (targets, ports) => scanFrom(Number(sleeper.pid), targets, ports),
    async [Symbol.asyncDispose]() {
      sleeper.kill()
      await sleeper
      await subnet.release()
    },
  }
}
