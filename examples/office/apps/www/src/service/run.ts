/** A service as a process: it starts or says why not, and goes in an orderly way when it is told to. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Drain, makeDrain } from './drain.ts'
import { logTo } from './log.ts'
import type { Surroundings } from './observe.ts'
import { type App, type Listening, listen } from './server.ts'
import { type CommonSettings, SettingsError } from './settings.ts'
import { silent, statsdTo } from './statsd.ts'

/** When what still runs is cut, in milliseconds after the signal: the process is to be gone within ten seconds. */
const lastMs = 9_000
/** How long it then takes to close what it used. */
const closeMs = 500

/** What a service is made of once its settings are read. */
export interface Service {
  readonly settings: CommonSettings
  /** Makes the app, which may be told to go at any time from then on. */
  app(surroundings: Surroundings): App
  /** Closes what the app used, after the last request. */
  close?(): Promise<void>
}

/** Runs until SIGTERM; `make` throws SettingsError when the environment is wrong. */
export async function runService(name: string, make: () => Service | Promise<Service>): Promise<void> {
  try {
    await start(name, await make())
  } catch (error) {
    if (!isExpected(error)) throw error
    await write(process.stderr, `${name} cannot start: ${error.message}\n`)
    process.exit(1)
  }
}

async function start(name: string, service: Service): Promise<void> {
  const { HOST, PORT, STATSD, RELEASE, DRAIN_MS } = service.settings
  // Whoever reads the log may go away; that must not end the service.
  process.stdout.on('error', () => {})
  const log = logTo((line) => void process.stdout.write(line))
  const statsd = STATSD === undefined ? silent : statsdTo(STATSD)
  const drain = makeDrain()
  const server = await listen(service.app({ name, release: RELEASE, drain, log, statsd }), HOST, PORT)
  log({ event: 'listening', service: name, release: RELEASE, host: HOST, port: server.port })

  // Stays for good: a second signal must not cut short what the first began.
  process.on('SIGTERM', () => {
    if (drain.isDraining) return
    log({ event: 'draining', ms: DRAIN_MS })
    void leave(server, drain, DRAIN_MS)
      .then(() => within(closeMs, Promise.all([service.close?.(), statsd.close()])))
      .finally(() => log({ event: 'stopped' }))
      .finally(() => write(process.stdout, ''))
      .finally(() => process.exit(0))
  })
}

async function leave(server: Listening, drain: Drain, drainMs: number): Promise<void> {
  drain.begin()
  await sleep(drainMs)
  await server.close(lastMs - drainMs)
}

async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
  await Promise.race([work, sleep(milliseconds)])
}

/** Wrong settings, and an address that cannot be had. */
function isExpected(error: unknown): error is Error {
  return error instanceof SettingsError || (error instanceof Error && 'syscall' in error)
}

/** Waits until the stream took it, which a pipe need not do at once. */
function write(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve) => void stream.write(text, () => resolve()))
}
