/** Sees to it that an engine answers: one that does is used, else the distribution's is installed and started. */
import { CopseError } from '../../lib/errors.ts'
import type { Box } from './box.ts'
import { startEngine } from './daemon.ts'
import { type Distribution, enginePackages, programs } from './distribution.ts'
import type { Engine } from './engine.ts'
import { noteEngineFiles } from './engine-files.ts'
import { installPackages } from './packages.ts'
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
export async function chooseEngine(found: Reach, distribution: Distribution): Promise<Engine> {
  if (found.state !== 'down') return found.engine
  const installed = await Promise.all(found.engines.map(({ product, box }) => box.exists(product.daemon)))
  const there = found.engines.find((_engine, at) => installed[at])
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

/** Programs that are missing on a box. One that is reached by SSH reaches nobody by it. */
export function missingPrograms(box: Box): Promise<readonly string[]> {
  return box.missing(Object.keys(programs).filter((program) => box.isHere || program !== 'ssh'))
}

/** Call it under the box's lock. */
export async function ensureEngine(source: EngineSource, signal: AbortSignal): Promise<void> {
  const { engine, say } = source
  const tools = (await missingPrograms(engine.box)).flatMap((program) => programs[program] ?? [])
  if (tools.length > 0) await installPackages(engine, tools, say)
  const found = await reach(engine.box, signal)
  if (found.state === 'answers') return
  if (found.state === 'silent') throw found.trouble
  await noteEngineFiles(engine)
  await ensureSubids(engine, say)
  if (!(await engine.box.exists(engine.product.daemon))) await installEngine(source)
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
