/** Which TCP ports answer, found by nmap from inside a machine's own network. */
import { execa } from 'execa'
import type { Engine } from './trouble.ts'

export interface Scan {
  /** The machine that asks, by the engine's name. */
  readonly from: string
  readonly targets: readonly string[]
  /** As nmap takes them: `-` is all. */
  readonly ports: string
}

/** `10.61.0.20:80` for each that answered. Machines need no nmap: the box's own enters their network. */
export async function openPorts(
  { engine }: Engine,
  { from, targets, ports }: Scan,
): Promise<readonly string[]> {
  const state = JSON.parse(await engine('query', `/1.0/instances/${from}/state`))
  return scanFrom(state.pid, targets, ports)
}

/** The same from the network of any process. */
export async function scanFrom(
  pid: number,
  targets: readonly string[],
  ports: string,
): Promise<readonly string[]> {
  // The kernel of the box remembers each for two minutes, and no more than 262,144 at a time.
  const rate = ['--min-rate', '2000', '--max-rate', '2000']
  const pace = [...rate, '--max-retries', '2', '--initial-rtt-timeout', '100ms']
  const nmap = ['nmap', '-sS', '-Pn', '-n', '-p', ports, ...pace, '-oG', '-', ...targets]
  const { stdout } = await execa('nsenter', ['-t', String(pid), '-n', ...nmap], { timeout: 3_000_000 })
  return stdout.split('\n').flatMap((line) => {
    const [, address, list = ''] = /^Host: (\S+) .*Ports: ([^\t]*)/.exec(line) ?? []
    return list
      .split(', ')
      .filter((port) => port.includes('/open/'))
      .map((port) => `${address}:${port.split('/')[0]}`)
  })
}
