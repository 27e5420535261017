/** Starts an engine, through the service manager where there is one, and stops what copse itself started. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, open, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { CopseError } from '../../lib/errors.ts'
import { boxFile, makeBoxDirectory, readBox, writeBox } from './box.ts'
import { lockBox } from './box-lock.ts'
import type { Engine } from './engine.ts'
import { hasEnded, identify, isAlive } from './process.ts'
import { searchPath } from './programs.ts'
import { run } from './tool.ts'

/** Returns when the engine answers. */
export async function startEngine(engine: Engine, signal: AbortSignal): Promise<void> {
  const { product, directory } = engine
  if (directory === product.directory && existsSync('/run/systemd/system')) {
    await writeBox(engine, { ...(await readBox(engine)), units: true })
    await run('systemctl', ['start', ...product.units], { seconds: 120, signal })
  } else await startDetached(engine)
  const env = { [product.variable]: directory }
  await run(product.daemon, ['waitready', '--timeout=60'], { seconds: 90, signal, env }).catch((cause) => {
    if (signal.aborted) throw cause
    const said = cause instanceof Error ? cause.message : String(cause)
    throw new CopseError('failed', `${product.name} did not get ready: ${said}`, {
      cause,
      hint: `read ${boxFile(engine, 'log')}`,
    })
  })
}

/** In a session of its own and with no descriptor of ours: an inherited pipe would hang whoever waits for its end. */
async function startDetached(engine: Engine): Promise<void> {
  const { product, directory } = engine
  const box = await readBox(engine)
  if (box.daemon && (await isAlive(box.daemon))) return
  await mkdir(directory, { recursive: true, mode: 0o711 })
  await makeBoxDirectory(engine)
  await using log = await open(boxFile(engine, 'log'), 'a', 0o600)
  const child = spawn(product.daemon, ['--group', 'root'], {
    cwd: '/',
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    // Nothing else of the operator's variables: the daemon outlives the command. Incus keeps its own programs beside it.
    env: {
      PATH: `${dirname(product.daemon)}:${searchPath()}`,
      HOME: '/root',
      LANG: 'C.UTF-8',
      [product.variable]: directory,
    },
  })
  await new Promise((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', reject)
  })
  child.unref()
  const daemon = child.pid === undefined ? undefined : await identify(child.pid)
  if (!daemon)
    throw new CopseError('failed', `${product.name} ended at once`, {
      hint: `read ${boxFile(engine, 'log')}`,
    })
  await writeBox(engine, { ...box, daemon })
}

/** Starts the engine that copse once started and that has ended since, as after a reboot. Undefined: there is none. */
export async function wakeEngine(
  engines: readonly Engine[],
  signal: AbortSignal,
): Promise<Engine | undefined> {
  for (const engine of engines) {
    if (!(await readBox(engine)).daemon) continue
    await using _lock = await lockBox(engine, signal)
    await startEngine(engine, signal)
    return engine
  }
  return undefined
}

/** Stops the daemon if copse started it, and only that very process. False: it is not copse's to stop. */
export async function stopEngine(engine: Engine): Promise<boolean> {
  const { daemon, units, ...box } = await readBox(engine)
  if (!daemon && !units) return false
  if (units) await run('systemctl', ['stop', ...engine.product.units.toReversed()], { seconds: 120 })
  if (daemon && (await isAlive(daemon))) {
    // SIGPWR is how both engines are told that the box goes down: they unmount what they mounted.
    process.kill(daemon.pid, 'SIGPWR')
    if (!(await hasEnded(daemon, 60)))
      throw new CopseError(
        'failed',
        `${engine.product.name} (process ${daemon.pid}) did not end within 60 s`,
        {
          hint: `read ${boxFile(engine, 'log')}`,
        },
      )
  }
  await writeBox(engine, box)
  await rm(boxFile(engine, 'log'), { force: true })
  return true
}
