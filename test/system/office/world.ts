/** An ecosystem of a test's own: a config that may be edited, a state directory, and the command line. */
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { execa } from 'execa'

const root = new URL('../../../', import.meta.url).pathname

/** What one call of the command line left behind. */
export interface Called {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  readonly ms: number
}

/** What the tests of the office need, wherever its machines come from. */
export interface World extends AsyncDisposable {
  /** The config file. */
  readonly config: string
  /** Variables of the command line's environment. */
  readonly env: Readonly<Record<string, string>>
  copse(...args: string[]): Promise<Called>
  /** Replaces text in the config; fails when there is nothing to replace. */
  edit(from: string, to: string): Promise<void>
  /** A host's address on the LAN. */
  address(host: string): string
}

/** What a kind of world is made of. */
export interface WorldParts {
  readonly text: string
  readonly env?: Readonly<Record<string, string>>
  readonly addresses: Readonly<Record<string, string>>
  /** Ends what the world stands on, before its directory goes. */
  end(world: World): Promise<void>
}

export async function makeWorld({ text, env = {}, addresses, end }: WorldParts): Promise<World> {
  const directory = await mkdtemp(join(tmpdir(), 'cw-'))
  const config = join(directory, 'config', 'copse.config.ts')
  await mkdir(join(directory, 'config'))
  await writeFile(config, text)
  if (text.includes("'./apps/")) await copyApps(join(directory, 'config', 'apps'))
  const variables = { XDG_STATE_HOME: join(directory, 'state'), NO_COLOR: '1', ...env }
  const world: World = {
    config,
    env: variables,
    address: (host) => addresses[host] ?? `no address of ${host}`,
    async copse(...args) {
      const began = performance.now()
      const words = ['-C', join(directory, 'config'), ...args]
      const ended = await execa(join(root, 'copse'), words, {
        env: variables,
        reject: false,
        stdin: 'ignore',
      })
      const { exitCode: code = -1, stdout, stderr } = ended
      return { code, stdout, stderr, ms: Math.round(performance.now() - began) }
    },
    async edit(from, to) {
      const before = await readFile(config, 'utf8')
      if (!before.includes(from)) throw new Error(`the config does not contain ${from}`)
      await writeFile(config, before.replaceAll(from, to))
    },
    async [Symbol.asyncDispose]() {
      await end(world)
      await rm(directory, { recursive: true, force: true })
    },
  }
  return world
}

/** The office's apps as a fresh clone has them. */
async function copyApps(to: string): Promise<void> {
  const made = ['node_modules', 'dist']
  const filter = (path: string) => !made.includes(basename(path))
  await cp(join(root, 'examples/office/apps'), to, { recursive: true, filter })
}
