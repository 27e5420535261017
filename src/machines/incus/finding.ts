/** What `doctor` finds of the box, and what it mends there when it is asked to. */
import { CopseError } from '../../lib/errors.ts'
import type { Finding } from '../provider.ts'
import type { BoxContext } from './box.ts'
import { lockBox } from './box-lock.ts'
import { readDistribution } from './distribution.ts'
import type { Engine } from './engine.ts'
import { chooseEngine } from './ensure-engine.ts'
import { requireRoot } from './prepare.ts'
import type { Reach } from './reach.ts'

type Say = (message: string) => void

/** What throws is a finding that is not ok; that one can be mended, where there is a way to. */
export async function finding(
  check: string,
  look: () => Promise<string>,
  mend?: Finding['mend'],
): Promise<Finding> {
  try {
    return { check, ok: true, detail: await look() }
  } catch (error) {
    if (!(error instanceof CopseError)) throw error
    return { check, ok: false, detail: error.message, fix: error.hint, mend }
  }
}

/** Does the work as root, under the lock of the engine's box, whose journal then knows what was done. */
export function mending(
  found: Reach,
  { environment, signal, box }: BoxContext,
  work: (engine: Engine, say: Say) => Promise<void>,
): Finding['mend'] {
  return async (say) => {
    requireRoot(box, `doctor ${environment.name} --fix`)
    const engine = await chooseEngine(found, await readDistribution(box))
    await using _lock = await lockBox(engine, signal)
    await work(engine, say)
  }
}
