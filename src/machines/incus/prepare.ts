/** Makes what machines need on the box: engine, storage pool, network and templates. Does nothing where all is there. */
import { CopseError } from '../../lib/errors.ts'
import type { DebianRelease } from '../../model/environment.ts'
import type { ProviderContext } from '../provider.ts'
import type { Box, BoxContext } from './box.ts'
import { lockBox } from './box-lock.ts'
import { ensureBridge, findBridge, refuseClash } from './bridge.ts'
import { type Client, connect } from './client.ts'
import { readDistribution } from './distribution.ts'
import { chooseEngine, ensureEngine, missingPrograms } from './ensure-engine.ts'
import { noteForwarding } from './forwarding.ts'
import { bridgeAddress, requireHeld } from './holding.ts'
import { ensureIsolation, readIsolation } from './isolation.ts'
import { sweepKeys } from './keys.ts'
import { createPool, findPool } from './pool.ts'
import { reach } from './reach.ts'
import { buildTemplate, findTemplate, readRecipe } from './template.ts'

export async function prepareBox(context: BoxContext): Promise<void> {
  const { environment, progress, signal, box } = context
  await sweepKeys(context.stateDir)
  const found = await reach(box, signal)
  if (found.state === 'silent') throw found.trouble
  if (found.state === 'answers') {
    const client = connect(found.engine, signal)
    await requireHeld(client, context)
    if (await isPrepared(client, context)) return
  }
  requireRoot(box, `up ${environment.name}`)
  await refuseClash(context)
  const distribution = await readDistribution(box)
  const engine = await chooseEngine(found, distribution)
  const say = (message: string) => progress('box', message)
  await using _lock = await lockBox(engine, signal)
  await ensureEngine({ engine, distribution, say }, signal)
  const client = connect(engine)
  if (!(await findPool(client))) {
    say('makes the storage pool')
    await createPool(client, say)
  }
  await noteForwarding(engine)
  await ensureBridge(client, context)
  await ensureIsolation(box)
  await ensureTemplates(client, context)
}

/** Asks only; true when nothing is missing. */
async function isPrepared(client: Client, context: BoxContext): Promise<boolean> {
  const { box } = context
  const [missing, pool, bridge, isolation, templates] = await Promise.all([
    missingPrograms(box),
    findPool(client),
    findBridge(client, context),
    readIsolation(box),
    Promise.all(
      releasesOf(context).map(async (release) => findTemplate(client, await readRecipe(box, release))),
    ),
  ])
  const isThere = pool !== undefined && templates.every((template) => template !== undefined)
  const hasAddress = bridge?.config['ipv4.address'] === bridgeAddress(context.environment)
  return isThere && hasAddress && missing.length === 0 && isolation !== 'missing'
}

async function ensureTemplates(client: Client, context: BoxContext): Promise<void> {
  for (const release of releasesOf(context)) {
    const recipe = await readRecipe(context.box, release)
    if (await findTemplate(client, recipe)) continue
    context.progress('box', `builds Debian ${release} for its machines, which takes about a minute`)
    await buildTemplate(client, recipe, context.signal)
  }
}

function releasesOf({ environment }: ProviderContext): readonly DebianRelease[] {
  return [...new Set(environment.hosts.map(({ debian }) => debian))]
}

/** Changing the box itself needs root; asking it does not. */
export function requireRoot(box: Box, command: string): void {
  if (box.isRoot) return
  throw new CopseError('failed', 'this changes the box (packages, engine, network), which only root may', {
    hint: `sudo copse ${command}`,
  })
}
