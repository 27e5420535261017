/** `copse init [DIR]`: a commented, typed starter config that comes up as it is. */
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CopseError } from '../../lib/errors.ts'
import { quote } from '../../lib/shell.ts'
import { localBox } from '../../machines/incus/local-box.ts'
import { boxNetworks, freeSubnet } from '../../machines/incus/networks.ts'
import { isInstalled } from '../../machines/incus/programs.ts'
import { defineCommand } from '../command.ts'
import { renderInit } from '../render-init.ts'
import { printDocument } from '../schemas.ts'
import { starterConfig, starterName, starterTsconfig } from '../starter.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '')

export const command = defineCommand({
  words: ['[DIR]'],
  flags: [],
  more: `Writes copse.config.ts, and a tsconfig.json for editors; overwrites nothing. DIR is made; default: here.
  copse init demo && cd demo && copse up dev`,
  async run({ words: [named = '.'], screen, flags }) {
    const directory = resolve(flags.directory, named)
    const name = starterName(directory)
    const subnet = await findSubnet()
    const files = await write(directory, {
      'copse.config.ts': starterConfig({ name, subnet }),
      'tsconfig.json': starterTsconfig(root),
    })
    const written = { ecosystem: name, environment: 'dev', subnet, files, next: nextCommands(directory) }
    if (flags.json) printDocument(screen, 'init', written)
    else screen.print(renderInit(written))
    return 0
  },
})

async function findSubnet(): Promise<string> {
  const subnet = freeSubnet('10.61.0.0/24', await boxNetworks(localBox))
  if (subnet !== undefined) return subnet
  throw new CopseError('failed', 'this box has addresses in or routes to every private network', {
    hint: 'see them: ip route',
  })
}

/** The paths of the files; none is written when one is there. */
async function write(directory: string, texts: Readonly<Record<string, string>>): Promise<string[]> {
  const files = Object.entries(texts).map(([name, text]) => ({ path: join(directory, name), text }))
  const there = files.find(({ path }) => existsSync(path))
  if (there)
    throw new CopseError('usage', `${there.path} is there already; nothing was written`, {
      hint: 'name another directory: copse init DIR',
    })
  try {
    await mkdir(directory, { recursive: true })
    for (const { path, text } of files) await writeFile(path, text, { flag: 'wx' })
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause)
    throw new CopseError('failed', `${directory} cannot be written: ${said}`, {
      cause,
      hint: 'name another directory: copse init DIR',
    })
  }
  return files.map(({ path }) => path)
}

/** As they can be typed here, whether copse is on the search path or not. */
function nextCommands(directory: string): string[] {
  const copse = isInstalled('copse') ? 'copse' : quote(join(root, 'copse'))
  const from = relative(process.cwd(), directory)
  return [...(from === '' ? [] : [`cd ${quote(from)}`]), `${copse} doctor dev`, `${copse} up dev`]
}
