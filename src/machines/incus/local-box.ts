/** The box that copse itself runs on. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import {
  appendFile,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rename,
  rm,
  rmdir,
  statfs,
  writeFile,
} from 'node:fs/promises'
import { networkInterfaces } from 'node:os'
import type { Attached, Box, Daemon } from './box.ts'
import { greets } from './greeting.ts'
import { isInstalled } from './programs.ts'
import { run } from './tool.ts'

/** The statfs type of btrfs. */
const btrfs = 0x9123683e

/** What was killed a moment ago may still write into a directory that is removed. */
const removal = { recursive: true, force: true, maxRetries: 10, retryDelay: 200 }

export const localBox: Box = {
  name: 'this box',
  isHere: true,
  isRoot: process.getuid?.() === 0,
  variables: process.env,
  run,
  attach,
  startDaemon,
  powerFail: async (pid) => void process.kill(pid, 'SIGPWR'),
  missing: async (programs) => programs.filter((program) => !isInstalled(program)),
  read: (path) => readFile(path, 'utf8').catch(undefinedWhenAbsent),
  list: async (path) => (await readdir(path).catch(undefinedWhenAbsent)) ?? [],
  exists: async (path) => existsSync(path),
  write: (path, text) => writeFile(path, text),
  async replace(path, text) {
    await writeFile(`${path}.new`, text)
    await rename(`${path}.new`, path)
  },
  append: (path, text) => appendFile(path, text),
  makeDirectory: async (path, mode) => void (await mkdir(path, { recursive: true, mode })),
  makeTemporary: (prefix) => mkdtemp(prefix),
  remove: (path) => rm(path, removal),
  removeEmpty: (path) => rmdir(path).catch(() => undefined),
  async room(path) {
    const { type, bavail, bsize } = await statfs(path)
    return { freeBytes: bavail * bsize, isBtrfs: type === btrfs }
  },
  addresses: async () =>
    Object.entries(networkInterfaces()).flatMap(([device, list = []]) =>
      list.flatMap(({ family, cidr }) => (family === 'IPv4' && cidr !== null ? [{ device, cidr }] : [])),
    ),
  socket: async (path) => path,
  connectCode: async (_path, error) => codeOf(error),
  greets,
  async lookUp(name, servers) {
    const { Resolver } = await import('node:dns/promises')
    const resolver = new Resolver({ timeout: 2000, tries: 2 })
    resolver.setServers(servers)
    await Promise.any([resolver.resolve4(name), resolver.resolve6(name)])
  },
  [Symbol.asyncDispose]: async () => undefined,
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

function undefinedWhenAbsent(error: unknown): undefined {
  if (!['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')) throw error
}

async function attach(file: string, args: readonly string[], signal: AbortSignal): Promise<Attached> {
  const { execa } = await import('execa')
  const child = execa(file, args, {
    stdin: 'pipe',
    reject: false,
    buffer: false,
    // A terminal's interrupt goes to a whole process group: what is held must outlive it.
    detached: true,
    cancelSignal: signal,
  })
  const first = new Promise<string>((resolve) => child.stdout.once('data', (chunk) => resolve(String(chunk))))
  const said = await Promise.race([first, child.then(() => undefined)])
  return {
    said,
    async [Symbol.asyncDispose]() {
      child.stdin.end()
      await child
    },
  }
}

/** In a session of its own and with no descriptor of ours: an inherited pipe would hang whoever waits for its end. */
async function startDaemon({ file, args, env, log: path }: Daemon): Promise<number> {
  await using log = await open(path, 'a', 0o600)
  const child = spawn(file, args, { cwd: '/', detached: true, stdio: ['ignore', log.fd, log.fd], env })
  await new Promise((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', reject)
  })
  child.unref()
  return child.pid ?? 0
}
