/** A copse of its own for one test file: a copy of an example's config, its own state directory, engine and subnet. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { claimSubnet } from '../../fixture/subnets.ts'

const root = new URL('../../../', import.meta.url).pathname

/** What one call of the command line left behind. */
export interface Called {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  readonly ms: number
}

export interface World extends AsyncDisposable {
  /** `10.x.y`: the first three octets of the office's subnet. */
  readonly net: string
  /** The copied config. */
  readonly config: string
  readonly env: Readonly<Record<string, string>>
  copse(...args: string[]): Promise<Called>
  /** Replaces text in the config; fails when there is nothing to replace. */
  edit(from: string, to: string): Promise<void>
}

/** A world with the office, whose `dev` has a subnet that no other run on this box has. */
export async function makeWorld(example: string): Promise<World> {
  const directory = await mkdtemp(join(tmpdir(), 'cw-'))
  const subnet = await claimSubnet()
  const config = join(directory, 'config', 'copse.config.ts')
  await cp(join(root, 'examples', example), join(directory, 'config'), { recursive: true })
  const env = { XDG_STATE_HOME: join(directory, 'state'), LXD_DIR: join(directory, 'lxd'), NO_COLOR: '1' }
  const copse = async (...args: string[]): Promise<Called> => {
    const began = performance.now()
    const ended = await execa(join(root, 'copse'), ['-C', join(directory, 'config'), ...args], {
      env,
      reject: false,
      stdin: 'ignore',
      all: false,
    })
    const ms = Math.round(performance.now() - began)
    return { code: ended.exitCode ?? -1, stdout: ended.stdout, stderr: ended.stderr, ms }
  }
  const edit = async (from: string, to: string) => {
    const text = await readFile(config, 'utf8')
    if (!text.includes(from)) throw new Error(`${config} does not contain ${from}`)
    await writeFile(config, text.replaceAll(from, to))
  }
  await edit('10.61.0.0/24', `${subnet.net}.0/24`)
  return {
    net: subnet.net,
    config,
    env,
    copse,
    edit,
    async [Symbol.asyncDispose]() {
      await copse('destroy', 'dev', '--purge', '--yes')
      await subnet.release()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
