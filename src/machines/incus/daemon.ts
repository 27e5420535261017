/** Starts an engine, through the service manager where there is one, and stops what copse itself started. */
import { dirname } from 'node:path'
import { CopseError } from '../../lib/errors.ts'
import { boxFile, makeBoxDirectory, readBox, writeBox } from './box-journal.ts'
import { lockBox } from './box-lock.ts'
import type { Engine } from './engine.ts'
import { hasEnded, identify, isAlive } from './process.ts'
import { searchPath } from './programs.ts'

/** Returns when the engine answers. */
export async function startEngine(engine: Engine, signal: AbortSignal): Promise<void> {
  const { product, directory, box } = engine
  if (directory === product.directory && (await box.exists('/run/systemd/system'))) {
    await writeBox(engine, { ...(await readBox(engine)), units: true })
    await box.run('systemctl', ['start', ...product.units], { seconds: 120, signal })
  } else await startDetached(engine)
  const env = { [product.variable]: directory }
  await box
    .run(product.daemon, ['waitready', '--timeout=60'], { seconds: 90, signal, env })
    .catch((cause) => {
      if (signal.aborted) throw cause
      const said = cause instanceof Error ? cause.message : String(cause)
      throw new CopseError('failed', `${product.name} did not get ready: ${said}`, {
        cause,
        hint: `read ${boxFile(engine, 'log')}`,
      })
    })
}

async function startDetached(engine: Engine): Promise<void> {
  const { product, directory, box } = engine
  const journal = await readBox(engine)
  if (journal.daemon && (await isAlive(box, journal.daemon))) return
  await box.makeDirectory(directory, 0o711)
  await makeBoxDirectory(engine)
  const pid = await box.startDaemon({
    file: product.daemon,
    args: ['--group', 'root'],
    log: boxFile(engine, 'log'),
    // Nothing else of the operator's variables: the daemon outlives the command. Incus keeps its own programs beside it.
    env: {
      PATH: `${dirname(product.daemon)}:${searchPath(box.variables)}`,
      HOME: '/root',
      LANG: 'C.UTF-8',
      [product.variable]: directory,
    },
  })
  const daemon = await identify(box, pid)
  if (!daemon)
    throw new CopseError('failed', `${product.name} ended at once`, {
      hint: `read ${boxFile(engine, 'log')}`,
    })
  await writeBox(engine, { ...journal, daemon })
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
  const { box } = engine
  const { daemon, units, ...journal } = await readBox(engine)
  if (!daemon && !units) return false
  if (units) await box.run('systemctl', ['stop', ...engine.product.units.toReversed()], { seconds: 120 })
  if (daemon && (await isAlive(box, daemon))) {
    // SIGPWR is how both engines are told that the box goes down: they unmount what they mounted.
    await box.powerFail(daemon.pid)
    if (!(await hasEnded(box, daemon, 60)))
      throw new CopseError(
        'failed',
        `${engine.product.name} (process ${daemon.pid}) did not end within 60 s`,
        {
          hint: `read ${boxFile(engine, 'log')}`,
        },
      )
  }
  await writeBox(engine, journal)
  await box.remove(boxFile(engine, 'log'))
  return true
}
