/** Sees to it that an engine answers: one that does is used, else the distribution's is installed and started. */
import { existsSync } from 'node:fs'
import { CopseError } from '../../lib/errors.ts'
import { startEngine } from './daemon.ts'
import { type Distribution, enginePackages, programs } from './distribution.ts'
import type { Engine } from './engine.ts'
import { noteEngineFiles } from './engine-files.ts'
import { installPackages } from './packages.ts'
import { isInstalled } from './programs.ts'
import { type Reach, reach } from './reach.ts'
import { ensureSubids } from './subids.ts'

/** Where an engine is to come from. */
export interface EngineSource {
  readonly engine: Engine
  readonly distribution: Distribution
  /** Tells the operator what is being done. */
  readonly say: (message: string) => void
}

/** The engine that is used already, or would be installed. */
export function chooseEngine(found: Reach, distribution: Distribution): Engine {
  if (found.state !== 'down') return found.engine
  const there = found.engines.find(({ product }) => existsSync(product.daemon))
  const wanted = there ?? found.engines.find(({ product }) => product === distribution.engine?.product)
  if (wanted) return wanted
  const has = distribution.engine?.product
  const [named] = found.engines
  if (has && named)
    throw new CopseError(
      'failed',
      `${named.product.variable} is set, but ${distribution.name} has ${has.name}, not ${named.product.name}`,
      { hint: `unset ${named.product.variable}, or set ${has.variable}` },
    )
  throw new CopseError('failed', `copse can install no container engine on ${distribution.name}`, {
    hint: 'install Incus or LXD and run this again; on Debian 12 and 13 copse does it itself',
  })
}

/** Programs that are missing on this box. */
export function missingPrograms(): readonly string[] {
  return Object.keys(programs).filter((program) => !isInstalled(program))
}

/** Call it under the box's lock. */
export async function ensureEngine(source: EngineSource, signal: AbortSignal): Promise<void> {
  const { engine, say } = source
  const tools = missingPrograms().flatMap((program) => programs[program] ?? [])
  if (tools.length > 0) await installPackages(engine, tools, say)
  const found = await reach(signal)
  if (found.state === 'answers') return
  if (found.state === 'silent') throw found.trouble
  await noteEngineFiles(engine)
  await ensureSubids(engine, say)
  if (!existsSync(engine.product.daemon)) await installEngine(source)
  say(`starts ${engine.product.name}`)
  await startEngine(engine, signal)
}

async function installEngine({ engine, distribution, say }: EngineSource): Promise<void> {
  if (distribution.engine?.product !== engine.product)
    throw new CopseError(
      'failed',
      `${engine.product.name} is not installed, and ${distribution.name} has none`,
    )
  await installPackages(engine, enginePackages, say)
  await installPackages(engine, distribution.engine.packages, say)
}
