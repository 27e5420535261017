/** A directory for what lives as long as one connection: its control socket and its pinned host key. */
import { lstat, mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface RuntimeDirectory extends AsyncDisposable {
  readonly path: string
}

/** OpenSSH binds its socket under a longer name first; a Unix socket's path holds 107 bytes. */
const longestBase = 40

/** Makes one (0700), and removes those of runs that were killed. */
export async function makeRuntimeDirectory(): Promise<RuntimeDirectory> {
  const bases = [process.env.XDG_RUNTIME_DIR, tmpdir()]
  const base = bases.find((path) => path?.startsWith('/') && path.length <= longestBase) ?? '/tmp'
  const owner = await describeProcess('self')
  await sweep(base, owner)
  const path = await mkdtemp(join(base, `copse-${owner.space}-${owner.pid}-${owner.started}-`))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** Names one process: its pid can be given again, its pid and start time cannot. */
interface Owner {
  /** The process namespace: what we cannot see need not be dead. */
  readonly space: string
  readonly pid: string
  /** In clock ticks since boot. */
  readonly started: string
}

/** Throws for a process that is gone, or dead and not yet reaped. */
async function describeProcess(pid: string): Promise<Owner> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(' ')
  // The second field is the command in parentheses; it may hold spaces.
  const afterCommand = fields.slice(fields.findLastIndex((field) => field.endsWith(')')) + 1)
  if (afterCommand[0] === 'Z') throw new Error(`process ${pid} is dead`)
  const space = (await readlink('/proc/self/ns/pid')).replaceAll(/\D/g, '')
  return { space, pid: fields[0] ?? '', started: afterCommand[19] ?? '' }
}

async function sweep(base: string, { space }: Owner): Promise<void> {
  const names = await readdir(base).catch(() => [])
  await Promise.all(
    names.map(async (name) => {
      const [, pid = '', started = ''] = new RegExp(`^copse-${space}-(\\d+)-(\\d+)-`).exec(name) ?? []
      const path = join(base, name)
      if (pid !== '' && (await isOurs(path)) && !(await isAlive(pid, started)))
        await rm(path, { recursive: true, force: true })
    }),
  )
}

/** Another user could plant one in a shared directory. */
async function isOurs(path: string): Promise<boolean> {
  return lstat(path).then(
    (found) => found.isDirectory() && found.uid === process.getuid?.(),
    () => false,
  )
}

async function isAlive(pid: string, started: string): Promise<boolean> {
  return describeProcess(pid).then(
    (found) => found.started === started,
    () => false,
  )
}
