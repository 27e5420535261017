/** The packages that copse installed on this box: what they are, and their removal when no environment needs them. */
import { CopseError } from '../../lib/errors.ts'
import type { BoxPackages, ProviderContext } from '../provider.ts'
import type { Box, BoxContext } from './box.ts'
import { readBox, writeBox } from './box-journal.ts'
import { lockBox } from './box-lock.ts'
import { connect } from './client.ts'
import type { Engine } from './engine.ts'
import { removeLines } from './lines.ts'
import { isBridgeName } from './names.ts'
import { boxNetworks } from './networks.ts'
import { purgePackages } from './packages.ts'
import { requireRoot } from './prepare.ts'
import { reach } from './reach.ts'
import { isUsed } from './release.ts'

/** `at` answers with the box of a call. */
export function boxPackages(at: (context: ProviderContext) => Promise<BoxContext>): BoxPackages {
  return {
    async list(context) {
      const { box, signal } = await at(context)
      const boxes = await Promise.all((await enginesOf(box, signal)).map(readBox))
      return [...new Set(boxes.flatMap(({ packages }) => packages))]
    },

    async remove(asked) {
      const context = await at(asked)
      const { box } = context
      requireRoot(box, `destroy ${context.environment.name} --purge --packages`)
      for (const engine of await enginesOf(box, context.signal)) {
        await using _lock = await lockBox(engine, context.signal)
        if ((await readBox(engine)).packages.length === 0) continue
        await refuseInUse(engine, context)
        await purgePackages(box, (await readBox(engine)).packages)
        await removeLines(engine)
        await writeBox(engine, { version: 1, engine: engine.directory, packages: [], lines: [] })
      }
    },
  }
}

async function enginesOf(box: Box, signal: AbortSignal): Promise<readonly Engine[]> {
  const found = await reach(box, signal)
  return found.state === 'down' ? found.engines : [found.engine]
}

/** The packages are of use to every engine of the box, and an engine to whoever put something into it. */
async function refuseInUse(engine: Engine, { environment, signal, box }: BoxContext): Promise<void> {
  const bridge = (await boxNetworks(box)).map(({ device }) => device).find(isBridgeName)
  const found = await reach(box, signal)
  const isTaken = found.state === 'answers' && (await isUsed(connect(engine, signal)))
  const user = bridge
    ? `another environment, on ${bridge}`
    : isTaken && `what else is in ${engine.product.name}`
  if (user)
    throw new CopseError('refused', `the packages that copse installed stay: they are needed by ${user}`, {
      hint: `copse destroy ${environment.name} --purge --packages, when that is gone`,
    })
}
